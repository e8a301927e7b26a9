import Tensors
import Testing

@testable import Shards

struct StoredMatrixTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func refuse(
        _ bytes: [UInt8],
        _ words: String,
        fix remedy: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let path = try folder.write(bytes, "x.npy")
        expectRefusal(.badData, words, path, remedy, location: location) { () throws(ShardError) in
            _ = try Dataset(path: path)
        }
    }

    private let data = [UInt8](repeating: 0, count: 48)

    @Test func `Every floating-point type is read`() throws {
        let values: [Float] = [0, 1, -2, 0.5, 1024, -0.25]
        for (descriptor, data) in [
            ("<f2", FileBytes.float16(values)), ("<f4", FileBytes.float32(values)), ("<f8", FileBytes.float64(values)),
        ] {
            let dataset = try Dataset(path: folder.write(FileBytes.numpy(descriptor, "(2, 3)", data), "x.npy"))
            #expect(dataset.elementType == ElementType(rawValue: descriptor))
            #expect(dataset.rows == 2 && dataset.columns == 3)
            #expect(dataset.read(rows: 0..<2) == values)
        }
    }

    @Test func `Types that are not computed with are refused`() throws {
        try refuse(FileBytes.numpy("=f4", "(3, 4)", data), "=f4", fix: "x.astype('<f4')")
        try refuse(FileBytes.numpy("|O", "(3, 4)", data), "Python objects, which are never unpickled", fix: "np.save(")
        try refuse(FileBytes.numpy("<i8", "(3, 2)", data), "integers of 64 bits", fix: "x.astype('<f8')")
        try refuse(FileBytes.numpy("bfloat16", "(3, 8)", data), "bfloat16", fix: "x.astype('<f4')")
        try refuse(FileBytes.numpy("<c8", "(3, 2)", data), "<c8", fix: "x.astype('<f4')")
        try refuse(FileBytes.numpy("<f16", "(3, 1)", data), "<f16", fix: "x.astype('<f4')")
        try refuse(FileBytes.numpy("<U4", "(3, 1)", data), "<U4", fix: "x.astype('<f4')")
    }

    @Test func `Shapes that are not matrices are refused`() throws {
        try refuse(FileBytes.numpy("<f4", "(12,)", data), "1 dimensions", fix: "x.reshape(-1, columns)")
        try refuse(FileBytes.numpy("<f4", "()", [0, 0, 0, 0]), "0 dimensions", fix: "reshape")
        try refuse(FileBytes.numpy("<f4", "(3, 2, 2)", data), "3 dimensions", fix: "x.reshape(len(x), -1)")
        try refuse(FileBytes.numpy("<f4", "(3, 4)", fortran: true, data), "Fortran", fix: "np.ascontiguousarray(x)")
        try refuse(FileBytes.numpy("<f4", "(0, 4)", []), "0 rows", fix: "at least one row")
        try refuse(FileBytes.numpy("<f4", "(3, 0)", []), "0 columns", fix: "at least one row")
    }

    @Test func `The data must be there exactly`() throws {
        try refuse(FileBytes.numpy("<f4", "(3, 4)", Array(data.dropLast())), "truncated, 1 of 3 rows", fix: "again")
        try refuse(FileBytes.numpy("<f4", "(3, 4)", Array(data.prefix(15))), "truncated, 3 of 3 rows", fix: "again")
        try refuse(FileBytes.numpy("<f4", "(3, 4)", data + [0]), "1 extra bytes", fix: "write it again")
        try refuse(FileBytes.numpy("<f4", "(4611686018427387904, 4)", data), "more numbers than fit", fix: "again")
        try refuse(FileBytes.numpy("<f4", "(4, 9223372036854775807)", data), "more numbers than fit", fix: "again")
        try refuse(FileBytes.numpy("<f4", "(1152921504606846975, 1)", data), "rows are missing", fix: "again")
    }

    @Test func `Files that are not arrays are refused`() throws {
        try refuse([], "empty file", fix: "np.save")
        try refuse(Array("1,2,3\n4,5,6\n".utf8), "not an .npy file", fix: "np.save")
        let path = try folder.write([1, 2, 3], "x.csv")
        expectRefusal(.badData, "neither .npy, .npz nor .safetensors", path, "np.save") { () throws(ShardError) in
            _ = try Dataset(path: path)
        }
    }

    @Test func `A path with a colon that exists wins over a key`() throws {
        let bytes = FileBytes.matrix([1, 2], columns: 2)
        let path = try folder.write(bytes, "odd:name.npy")
        #expect(try DataLocation(resolving: path) == DataLocation(path: path))
        let archive = try folder.write(FileBytes.zip([.init(name: "b.npy", data: bytes)]), "odd:a.npz")
        #expect(try DataLocation(resolving: "\(archive):b") == DataLocation(path: archive, key: "b"))
        expectRefusal(.noInput, "none.npz:b", "check the path") { () throws(ShardError) in
            _ = try DataLocation(resolving: folder("none.npz:b"))
        }
        expectRefusal(.badData, "':b'", path, "leave it out") { () throws(ShardError) in
            _ = try Dataset(path: "\(path):b")
        }
        expectRefusal(.badData, "':b'", folder.path, "leave it out") { () throws(ShardError) in
            _ = try Dataset(path: "\(folder.path):b")
        }
    }
}
