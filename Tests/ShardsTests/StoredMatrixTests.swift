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

    @Test func `Integers, truth values and either byte order are read`() throws {
        func expect(_ descriptor: String, _ data: [UInt8], _ type: ElementType, _ values: [Float]) throws {
            let dataset = try Dataset(path: folder.write(FileBytes.numpy(descriptor, "(1, 2)", data), "x.npy"))
            #expect(dataset.elementType == type)
            #expect(dataset.row(0) == values)
        }
        let swapped = FileBytes.float32([1.5, -2]).swapped(4)
        try expect(">f4", swapped, .bigEndianFloat32, [1.5, -2])
        try expect(">f2", FileBytes.float16([1.5, -2]).swapped(2), .bigEndianFloat16, [1.5, -2])
        try expect(">f8", FileBytes.float64([1.5, -2]).swapped(8), .bigEndianFloat64, [1.5, -2])
        try expect("|i1", [3, 0xFF], .int8, [3, -1])
        try expect("|u1", [3, 0xFF], .uint8, [3, 255])
        try expect("|b1", [0, 1], .bool, [0, 1])
        try expect("<i2", [1, 0, 0xFE, 0xFF], .int16, [1, -2])
        try expect(">u2", [0, 1, 1, 0], .bigEndianUInt16, [1, 256])
        try expect("<i4", [1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], .int32, [1, -1])
    }

    @Test(arguments: ["=f4", "f4", "|f4", "f", "<f", "float32", "single"])
    func `What numpy takes for a type's name is read`(descriptor: String) throws {
        let bytes = FileBytes.numpy(descriptor, "(1, 2)", FileBytes.float32([1, 2]))
        #expect(try Dataset(path: folder.write(bytes, "x.npy")).row(0) == [1, 2])
    }

    /// Three rows of two numbers, of each size that a number has, with columns before rows.
    @Test(arguments: ["|i1", "<f2", "<f4", "<f8", ">f8"])
    func `Columns before rows are read as rows`(descriptor: String) throws {
        let columns: [Float] = [1, 3, 5, 2, 4, 6]
        let data =
            switch descriptor {
            case "|i1": columns.map { UInt8($0) }
            case "<f2": FileBytes.float16(columns)
            case "<f4": FileBytes.float32(columns)
            case "<f8": FileBytes.float64(columns)
            default: FileBytes.float64(columns).swapped(8)
            }
        let bytes = FileBytes.numpy(descriptor, "(3, 2)", fortran: true, data)
        let dataset = try Dataset(path: folder.write(bytes, "x.npy"))
        #expect(dataset.read(rows: 0..<3) == [1, 2, 3, 4, 5, 6])
        #expect(dataset.row(1) == [3, 4])
        #expect(dataset.files.map(\.isFortranOrder) == [true])
        #expect(dataset.files.map(\.byteCount) == [bytes.count])
        dataset.advise(.notNeeded, rows: 0..<3)
        #expect(dataset.row(2) == [5, 6])
        var stored: [Float] = [0, 0]
        var span = stored.mutableSpan
        dataset.withStoredRows(1..<2) { bytes, _ in
            Conversion.widen(bytes, of: dataset.elementType, into: &span)
        }
        #expect(stored == [3, 4])
    }

    @Test func `Many columns before many rows are read as rows`() throws {
        let (rows, columns) = (5000, 37)
        let data = (0..<columns).flatMap { column in (0..<rows).flatMap { UInt16($0 ^ column).littleEndianBytes } }
        let bytes = FileBytes.numpy("<u2", "(\(rows), \(columns))", fortran: true, data)
        let dataset = try Dataset(path: folder.write(bytes, "x.npy"))
        let expected = (0..<rows).flatMap { row in (0..<columns).map { Float(row ^ $0) } }
        #expect(dataset.read(rows: 0..<rows) == expected)
    }

    @Test func `Types that are not computed with are refused`() throws {
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
        try refuse(FileBytes.numpy("<f4", "(0, 4)", []), "0 rows", fix: "at least one row")
        try refuse(FileBytes.numpy("<f4", "(0,)", []), "0 rows", fix: "at least one row")
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

    @Test func `Files of other formats are refused with what to do`() throws {
        for (name, remedy) in [
            ("x.parquet", "Scripts/from-parquet"), ("x.pt", "Scripts/from-torch"), ("x.PTH", "Scripts/from-torch"),
            ("x.fvecs", "columns + 1)[:, 1:]"), ("x.bin", "np.fromfile"), ("x.csv", "np.loadtxt(name, delimiter=',')"),
            ("x.pkl", "if you trust it"), ("x.h5", "h5py"), ("x.xyz", "np.save"),
        ] {
            let path = try folder.write([1, 2, 3], name)
            expectRefusal(.badData, "neither .npy, .npz nor .safetensors", path, remedy) { () throws(ShardError) in
                _ = try Dataset(path: path)
            }
        }
    }

    @Test func `An address is not looked for among files`() {
        for (address, remedy) in [
            ("s3://bucket/emb", "aws s3 cp"), ("https://host/x.npy", "curl"), ("file:///x.npy", "without file://"),
            ("abfs://x/y", "mount it"),
        ] {
            expectRefusal(.noInput, "an address", address, remedy) { () throws(ShardError) in
                _ = try Dataset(path: address)
            }
            expectRefusal(.noInput, "an address", address, remedy) { () throws(ShardError) in
                _ = try LabelsFile.read(address)
            }
            expectRefusal(.cannotCreate, "an address", address, "choose a folder") { () throws(ShardError) in
                _ = try RunFolder.create(at: address, overwrite: false)
            }
        }
    }

    @Test func `A path with a colon that exists wins over a key`() throws {
        let bytes = FileBytes.matrix([1, 2], columns: 2)
        let path = try folder.write(bytes, "odd:name.npy")
        #expect(try DataLocation(resolving: path) == DataLocation(path: path))
        let archive = try folder.write(FileBytes.zip([.init(name: "b.npy", data: bytes)]), "odd:a.npz")
        #expect(try DataLocation(resolving: "\(archive):b") == DataLocation(path: archive, key: "b"))
        let colons = try folder.write(FileBytes.zip([.init(name: "a:b.npy", data: bytes)]), "c.npz")
        #expect(try DataLocation(resolving: "\(colons):a:b") == DataLocation(path: colons, key: "a:b"))
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
