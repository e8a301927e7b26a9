import Testing

@testable import Shards

@Suite struct IndexMatrixTests {
    @Test func `Row numbers of either width are read in place`() throws {
        let folder = try TemporaryFolder()
        try NumpyWriter.write(
            [3, -1, 2_000_000_000, 4, 5, 6] as [Int32],
            rows: 3,
            columns: 2,
            to: folder("narrow.npy")
        )
        try NumpyWriter.write([1, 2, 1 << 40, 4] as [Int64], rows: 2, columns: 2, to: folder("wide.npy"))
        let narrow = try IndexMatrix(path: folder("narrow.npy"))
        #expect(narrow.rows == 3 && narrow.columns == 2)
        #expect((0..<3).map { [narrow[$0, 0], narrow[$0, 1]] } == [[3, -1], [2_000_000_000, 4], [5, 6]])
        let wide = try IndexMatrix(path: folder("wide.npy"))
        #expect(wide[1, 0] == 1 << 40 && wide[1, 1] == 4)
        #expect(narrow.numbers(ofRow: 1) == [2_000_000_000, 4] && narrow.numbers(ofRow: 0) == [3, -1])
        #expect(wide.numbers(ofRow: 1) == [1 << 40, 4])
    }

    @Test func `Other arrays are refused`() throws {
        let folder = try TemporaryFolder()
        try NumpyWriter.write([1, 2] as [Int32], to: folder("vector.npy"))
        try NumpyWriter.write([1, 2] as [Float], rows: 1, columns: 2, to: folder("floats.npy"))
        for name in ["vector.npy", "floats.npy"] {
            #expect(throws: ShardError.self) { try IndexMatrix(path: folder(name)) }
        }
    }
}
