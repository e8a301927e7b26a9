import Testing

@testable import Tensors

@Suite struct NeighborListsTests {
    /// Lists of parts of the same rows' pairs; together they hold all.
    private func parts(k: Int) throws -> [NeighborLists] {
        // Two columns of few values, so that there are ties everywhere.
        let values = SampleRows.labels(count: 160, clusters: 4, seed: 52).map { Float($0) - 1.5 }
        let blocks = try BlockedSearch(Matrix(rows: 80, columns: 2, values: values), .innerProduct, blockRows: 11)
            .blocks
        var search = NeighborSearch(path: .best)
        return blocks.map { block in
            var reservoir = NeighborReservoir(rows: 11, k: k)
            search.search(blocks[0], among: block, into: &reservoir)
            return reservoir.lists()
        }
    }

    @Test(arguments: [1, 4, 30, 200])
    func `Merging gives the same bits in any order, with any repetition`(k: Int) throws {
        let parts = try parts(k: k)
        var whole = NeighborLists(rows: 11, k: k)
        for part in parts { whole.merge(part) }
        #expect(whole.counts.allSatisfy { $0 == min(k, 80) })
        for seed in 0..<20 {
            let order = SampleRows.labels(count: 40, clusters: parts.count, seed: UInt64(seed)).map(Int.init)
            var groups = [NeighborLists](repeating: NeighborLists(rows: 11, k: k), count: 3)
            for (step, part) in (order + Array(parts.indices)).enumerated() { groups[step % 3].merge(parts[part]) }
            groups[1].merge(groups[2])
            groups[0].merge(groups[1])
            groups[0].merge(groups[2])
            #expect(groups[0] == whole)
        }
    }

    @Test func `An index with two scores keeps the better one`() throws {
        let one = try lists([[(3, 0.5), (1, 0.25)]])
        let other = try lists([[(1, 0.75), (2, 0.5)]])
        let merged = try lists([[(1, 0.75), (2, 0.5), (3, 0.5)]])
        #expect(merging(one, other) == merged)
        #expect(merging(other, one) == merged)
    }

    @Test func `Rows keep to themselves, whatever their fill`() throws {
        let one = try lists([[], [(4, 2)], [(1, 1), (2, 1), (3, 1)]])
        let other = try lists([[(9, 0)], [], [(0, 1)]])
        #expect(merging(one, other) == (try lists([[(9, 0)], [(4, 2)], [(0, 1), (1, 1), (2, 1)]])))
        #expect(merging(one, other).thresholds == [-.infinity, -.infinity, 1])
    }

    @Test func `Lists come back as they were sent`() throws {
        for part in try parts(k: 7) {
            let again = try NeighborLists(
                rows: part.rows,
                k: 7,
                indexRange: 0..<80,
                counts: part.counts,
                indices: part.indices,
                scores: part.scores
            )
            #expect(again == part)
        }
        #expect(try lists([]) == NeighborLists(rows: 0, k: 3))
    }

    @Test(
        arguments: [
            [[(0, 1), (100, 0.5)]], [[(-1, 1)]], [[(1, .nan)]], [[(1, 0.5), (2, .nan)]], [[(1, -0.0)]],
            [[(1, 0.5), (2, 0.75)]], [[(2, 0.5), (1, 0.5)]], [[(1, 0.5), (1, 0.5)]],
            [[(1, 0.5), (2, 0.25), (1, 0.25)]],
            [[(1, 4), (2, 3), (3, 2), (4, 1)]], [[(1, 1)], [(7, 1), (7, 0)]],
        ] as [[[(Int32, Float)]]]
    )
    func `Lists that no search finds are refused`(rows: [[(Int32, Float)]]) {
        #expect { try lists(rows) } throws: { ($0 as? TensorError)?.code == .listsMalformed }
    }

    @Test(
        arguments: [
            ([1], [1, 2], [0.5]), ([1], [1], []), ([2], [1], [0.5]), ([-1], [], []), ([1, 1], [1, 2], [1, 1]),
            ([Int32.max], [1], [1]), ([], [1], [1]),
        ] as [([Int32], [Int32], [Float])]
    )
    func `Counts that do not fit the arrays are refused`(counts: [Int32], indices: [Int32], scores: [Float]) {
        #expect {
            try NeighborLists(rows: 1, k: 3, indexRange: 0..<9, counts: counts, indices: indices, scores: scores)
        } throws: {
            ($0 as? TensorError)?.code == .listsMalformed
        }
    }

    @Test func `Indices that share a bit of the kernel's filter are told apart`() throws {
        // Multiples of the inverse of the filter's factor: all fall on its first bit.
        let multiples = (0..<90).map { UInt32($0) &* 0x0e8b_2f51 }
        let unique = multiples.filter { $0 < 1 << 31 }.map { Int32($0) }.sorted().prefix(40)
        let list = try NeighborLists(
            rows: 1,
            k: 40,
            indexRange: 0..<Int(Int32.max),
            counts: [40],
            indices: Array(unique),
            scores: [Float](repeating: 1, count: 40)
        )
        #expect(merging(list, list) == list)
    }

    private func merging(_ one: NeighborLists, _ other: NeighborLists) -> NeighborLists {
        var one = one
        one.merge(other)
        return one
    }

    private func lists(_ rows: [[(index: Int32, score: Float)]]) throws -> NeighborLists {
        try NeighborLists(
            rows: rows.count,
            k: 3,
            indexRange: 0..<100,
            counts: rows.map { Int32($0.count) },
            indices: rows.flatMap { $0.map(\.index) },
            scores: rows.flatMap { $0.map(\.score) }
        )
    }
}
