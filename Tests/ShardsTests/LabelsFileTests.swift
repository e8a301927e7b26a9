import Testing

@testable import Shards

struct LabelsFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func refuse(
        _ bytes: [UInt8],
        _ name: String,
        _ words: String...,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let path = try folder.write(bytes, name)
        expectRefusal(.badData, path, words[0], words[1], location: location) { () throws(ShardError) in
            _ = try LabelsFile.read(path)
        }
    }

    @Test func `Every integer type is read`() throws {
        let signed: [(String, [UInt8])] = [
            ("|i1", [Int8.min, -1, 0, .max].flatMap(\.littleEndianBytes)),
            ("<i2", [Int16.min, -1, 0, .max].flatMap(\.littleEndianBytes)),
            ("<i4", [Int32.min, -1, 0, .max].flatMap(\.littleEndianBytes)),
            ("<i8", [Int64.min, -1, 0, .max].flatMap(\.littleEndianBytes)),
        ]
        for (bits, (descriptor, data)) in zip([8, 16, 32, 64], signed) {
            let path = try folder.write(FileBytes.numpy(descriptor, "(4,)", data), "x.npy")
            let largest = Int64.max >> (64 - bits)
            #expect(try LabelsFile.read(path) == [-largest - 1, -1, 0, largest])
        }
        let unsigned: [(String, [UInt8], Int64)] = [
            ("|u1", [0, UInt8.max].flatMap(\.littleEndianBytes), 255),
            ("<u2", [0, UInt16.max].flatMap(\.littleEndianBytes), 65535),
            ("<u4", [0, UInt32.max].flatMap(\.littleEndianBytes), 4_294_967_295),
            ("<u8", [0, UInt64(Int64.max)].flatMap(\.littleEndianBytes), .max),
            ("|b1", [0, 1], 1),
        ]
        for (descriptor, data, largest) in unsigned {
            let path = try folder.write(FileBytes.numpy(descriptor, "(2,)", data), "x.npy")
            #expect(try LabelsFile.read(path) == [0, largest])
        }
    }

    @Test func `Floats that are whole count`() throws {
        let text = "6.000000000000000000e+00\n3.0\n-1e2\n9007199254740992.0\n-0.0\n4.\n"
        #expect(try LabelsFile.read(folder.write(Array(text.utf8), "a.txt")) == [6, 3, -100, 1 << 53, 0, 4])
        for (descriptor, data) in [
            ("<f2", FileBytes.float16([6, -1])), ("<f4", FileBytes.float32([6, -1])),
            ("<f8", FileBytes.float64([6, -1])), (">f8", FileBytes.float64([6, -1]).swapped(8)),
        ] {
            let path = try folder.write(FileBytes.numpy(descriptor, "(2,)", data), "x.npy")
            #expect(try LabelsFile.read(path) == [6, -1])
        }
    }

    @Test func `A column and either byte order are read`() throws {
        let data = [Int32(7), -2].flatMap(\.littleEndianBytes)
        let column = FileBytes.numpy("<i4", "(2, 1)", data)
        let fortran = FileBytes.numpy("<i4", "(2, 1)", fortran: true, data)
        for bytes in [column, fortran, FileBytes.numpy(">i4", "(2,)", data.swapped(4))] {
            #expect(try LabelsFile.read(folder.write(bytes, "x.npy")) == [7, -2])
        }
    }

    @Test func `Text has one integer per line`() throws {
        #expect(try LabelsFile.read(folder.write(Array("3\n-1\n0".utf8), "a.txt")) == [3, -1, 0])
        #expect(try LabelsFile.read(folder.write(Array("3\r\n +7 \r\n\r\n".utf8), "b.txt")) == [3, 7])
    }

    @Test func `More rows than are converted at a time are read`() throws {
        let labels = (0..<70_000).map { Int32($0) }
        try NumpyWriter.write(labels, to: folder("x.npy"))
        #expect(try LabelsFile.read(folder("x.npy")) == labels.map(Int64.init))
    }

    @Test func `Text that is not integers is refused with its line`() throws {
        try refuse(Array("1\n2.5\n".utf8), "x.txt", "line 2", "fmt='%d'")
        try refuse(Array("label\n1\n".utf8), "x.txt", "line 1", "one per line")
        try refuse(Array("1\nnan\n".utf8), "x.txt", "line 2", "one per line")
        try refuse(Array("1\n0x10\n".utf8), "x.txt", "line 2", "one per line")
        try refuse(Array("1\n\n2\n".utf8), "x.txt", "line 2", "one per line")
        try refuse(Array("1\n2\n\n\n".utf8), "x.txt", "line 3", "one per line")
        try refuse(Array("1 2\n".utf8), "x.txt", "line 1", "one per line")
        try refuse(Array("9223372036854775808\n".utf8), "x.txt", "line 1", "one per line")
        try refuse([0xFF, 0xFE, 0x0A], "x.txt", "line 1", "one per line")
        try refuse([], "x.txt", "empty", "one label for each row")
        try refuse([0x0A], "x.txt", "no labels", "one label for each row")
    }

    @Test func `Arrays that are not labels are refused`() throws {
        let eight = [UInt8](repeating: 0xFF, count: 8)
        try refuse(FileBytes.numpy("<f4", "(2,)", eight), "x.npy", "row 0", "x.astype('<i8')")
        try refuse(FileBytes.numpy("<f4", "(2,)", FileBytes.float32([1, 1.5])), "x.npy", "row 1", "x.astype('<i8')")
        try refuse(FileBytes.numpy("<f8", "(1,)", FileBytes.float64([1e19])), "x.npy", "row 0", "x.astype('<i8')")
        try refuse(FileBytes.numpy("<U2", "(1,)", eight), "x.npy", "not numbers (<U2)", "x.astype('<i8')")
        try refuse(FileBytes.numpy("|O", "(1,)", eight), "x.npy", "never unpickled", "x.astype('<i8')")
        try refuse(FileBytes.numpy("<i4", "(1, 2)", eight), "x.npy", "2 dimensions", "x.ravel()")
        try refuse(FileBytes.numpy("<i4", "(0,)", []), "x.npy", "no labels", "one label for each row")
        try refuse(FileBytes.numpy("<i4", "(3,)", eight), "x.npy", "1 of 3 rows", "again")
        try refuse(FileBytes.numpy("<i4", "(1,)", eight), "x.npy", "4 extra bytes", "again")
        try refuse(FileBytes.numpy("<u8", "(1,)", eight), "x.npy", "below 2^63", "x.astype('<i8')")
        try refuse(Array("1\n2\n".utf8), "x.npy", "not an .npy file", "np.save")
    }
}
