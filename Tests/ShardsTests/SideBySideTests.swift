import Testing

@testable import Shards

struct SideBySideTests {
    private func dataset(_ folder: TemporaryFolder, _ name: String, rows: Int, columns: Int, from first: Float) throws
        -> Dataset
    {
        let values = (0..<rows * columns).map { first + Float($0) }
        try NumpyWriter.write(values, rows: rows, columns: columns, to: folder(name))
        return try Dataset(path: folder(name), blockRows: 2)
    }

    @Test func `rows of two datasets are read as one`() throws {
        let folder = try TemporaryFolder()
        let one = try dataset(folder, "a.npy", rows: 3, columns: 2, from: 0)
        let both = try Dataset(sideBySide: [one, try dataset(folder, "b.npy", rows: 3, columns: 2, from: 100)])
        #expect(both.rows == 3 && both.columns == 4 && both.rowParts == 2 && both.blockCount == 2)
        #expect(both.read(rows: 1..<3) == [2, 3, 102, 103, 4, 5, 104, 105])
        #expect(both.row(0) == [0, 1, 100, 101])
        #expect(both.files.count == 2 && one.rowParts == 1)
        #expect(both.location(ofRow: 2).path == folder("a.npy"))
        both.advise(.sequential, rows: 0..<3)
    }

    @Test(arguments: [(4, 2), (3, 1)])
    func `datasets of other shapes are refused`(rows: Int, columns: Int) throws {
        let folder = try TemporaryFolder()
        let one = try dataset(folder, "a.npy", rows: 3, columns: 2, from: 0)
        let other = try dataset(folder, "b.npy", rows: rows, columns: columns, from: 0)
        #expect(throws: ShardError.self) { try Dataset(sideBySide: [one, other]) }
    }
}
