import Tensors
import Testing

@testable import Clustering

@Suite struct RowListsTests {
    private let layout = RowLists.Layout(rows: 10, blockRows: 4, k: 2, candidates: 10, sharedRows: 0..<4)

    private func lists(_ rows: Int, _ entries: [(index: Int32, score: Float)]) throws -> NeighborLists {
        try NeighborLists(
            rows: rows,
            k: 2,
            indexRange: 0..<10,
            counts: [Int32(entries.count)] + [Int32](repeating: 0, count: rows - 1),
            indices: entries.map(\.index),
            scores: entries.map(\.score)
        )
    }

    private var sample: RowLists {
        get throws {
            var all = RowLists(layout)
            all.merge(try lists(2, [(3, 0.5)]), firstRow: 8)
            all.merge(try lists(4, [(7, 0.9), (2, 0.1)]), firstRow: 0)
            return all
        }
    }

    private func partial(_ lists: RowLists) -> Partial { Partial([("near", .lists(lists))]) }

    @Test func `Pieces merge by row in any order`() throws {
        var other = RowLists(layout)
        other.merge(try lists(4, [(1, 0.9), (9, 0.4)]), firstRow: 0)
        var one = partial(try sample)
        one.merge(partial(other))
        var two = partial(other)
        two.merge(partial(try sample))
        two.merge(partial(other))
        #expect(one == two)
        guard case .lists(let merged) = one.field("near") else { return }
        #expect(merged.pieces.map(\.firstRow) == [0, 8])
        #expect(merged.pieces[0].lists.indices == [1, 7])
    }

    @Test func `Lists are the same after they were sent`() throws {
        let template = partial(RowLists(layout))
        let sent = partial(try sample)
        #expect(try Partial(arrays: sent.arrays(), template: template) == sent)
        #expect(try Partial(arrays: template.arrays(), template: template) == template)
    }

    @Test func `Arrays that are no lists of the round are refused`() throws {
        let template = partial(RowLists(layout))
        let sound = partial(try sample).arrays()
        let changes: [(Int, NamedArray.Values)] = [
            (0, .int64([0, 4])), (0, .int64([8, 0])), (0, .int64([0, 9])), (0, .int64([0])),
            (1, .int32([3, 0, 0, 0, 1, 0])), (1, .int32([2, 0, 0, 0, 1])), (1, .int32([2, 0, 0, -1, 2, 0])),
            (2, .int32([7, 10, 3])), (2, .int32([7, 7, 3])), (2, .int64([7, 2, 3])), (2, .int32([7, 2])),
            (3, .float32([0.1, 0.9, 0.5])), (3, .float32([.nan, 0.1, 0.5])), (3, .float32([0.9, 0.1, 0.5, 0.2])),
        ]
        for (place, values) in changes {
            var arrays = sound
            arrays[place] = NamedArray(arrays[place].name, shape: [values.count], values)
            #expect(throws: ClusteringError.self) { try Partial(arrays: arrays, template: template) }
        }
    }

    @Test func `A task speaks of its own rows and of those of the band`() throws {
        let partial = partial(try sample)
        #expect(throws: Never.self) { try partial.checkRows(areWithin: 8..<10) }
        #expect(throws: ClusteringError.self) { try partial.checkRows(areWithin: 4..<8) }
    }
}
