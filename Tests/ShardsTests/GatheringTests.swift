import Tensors
import Testing

@testable import Shards

struct GatheringTests {
    @Test func `rows are gathered from all files in the order in which they are named`() throws {
        let folder = try TemporaryFolder()
        for (name, first) in [("emb_2.npy", 0), ("emb_10.npy", 5)] {
            let values = (first..<first + 5).flatMap { row in (0..<3).map { Float(row * 10 + $0) } }
            try NumpyWriter.write(values, rows: 5, columns: 3, to: folder(name))
        }
        let dataset = try Dataset(path: folder.path)
        let rows = [9, 0, 4, 5, 0, 9, 2]
        #expect(dataset.gather(rows) == rows.flatMap { dataset.row($0) })
        #expect(dataset.gather([]) == [])
    }
}
