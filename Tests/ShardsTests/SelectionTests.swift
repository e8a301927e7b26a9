import Tensors
import Testing

@testable import Shards

struct SelectionTests {
    @Test func `a selection reads like a dataset of those rows alone`() throws {
        let folder = try TemporaryFolder()
        for (name, first) in [("emb_2.npy", 0), ("emb_10.npy", 5)] {
            let values = (first..<first + 5).flatMap { row in (0..<3).map { Float(row * 10 + $0) } }
            try NumpyWriter.write(values, rows: 5, columns: 3, to: folder(name))
        }
        let dataset = try Dataset(path: folder.path)
        let rows = [1, 4, 5, 9]
        let selected = dataset.selecting(rows, blockRows: 3)
        #expect(selected.rows == 4 && selected.blockCount == 2)
        #expect(selected.block(1).rows == 3..<4)
        #expect(selected.read(rows: 0..<4) == dataset.gather(rows))
        #expect(selected.row(2) == dataset.row(5))
        #expect(selected.gather([3, 0]) == dataset.gather([9, 1]))
        #expect(selected.location(ofRow: 3).path == dataset.location(ofRow: 9).path)
        #expect(selected.location(ofRow: 3).row == 4)
        #expect(selected.selecting([1, 3], blockRows: 1).read(rows: 0..<2) == dataset.gather([4, 9]))
        var numbers: [Int] = []
        selected.withStoredRows(1..<4) { bytes, rows in
            #expect(bytes.byteCount == rows.count * 12)
            numbers += rows
        }
        #expect(numbers == [1, 2, 3])
    }
}
