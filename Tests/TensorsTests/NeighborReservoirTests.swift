import Testing

@testable import Tensors

@Suite struct NeighborReservoirTests {
    private let rows = SampleRows.matrix(rows: 400, columns: 3, seed: 51)

    @Test func `Thresholds rise to what the next pair must have`() throws {
        let blocks = try BlockedSearch(rows, .cosine, blockRows: 200).blocks
        var reservoir = NeighborReservoir(rows: 200, k: 4)
        #expect(reservoir.thresholds.allSatisfy { $0 == -.infinity })
        var search = NeighborSearch(path: .best)
        search.search(blocks[0], among: blocks[1], into: &reservoir)
        let lists = reservoir.lists()
        #expect(reservoir.thresholds == lists.thresholds)
        #expect(lists.counts.allSatisfy { $0 == 4 })
    }

    @Test func `Raised thresholds drop what is below and never fall`() throws {
        let blocks = try BlockedSearch(rows, .innerProduct, blockRows: 200).blocks
        var search = NeighborSearch(path: .best)
        var reservoir = NeighborReservoir(rows: 200, k: 6)
        search.search(blocks[0], among: blocks[1], into: &reservoir)
        let before = reservoir.lists()
        let third = (0..<200).map { before.scores(ofRow: $0)[$0 * 6 + 2] }
        reservoir.raise(thresholds: third)
        reservoir.raise(thresholds: [Float](repeating: -.infinity, count: 200))
        #expect(reservoir.thresholds == third)
        let after = reservoir.lists()
        #expect(after.counts.allSatisfy { $0 == 3 })
        #expect(after.indices(ofRow: 7) == before.indices(ofRow: 7).prefix(3))
    }

    @Test(arguments: [1, 5, 60, 300])
    func `Lists may be taken between searches`(k: Int) throws {
        let blocks = try BlockedSearch(rows, .euclidean, blockRows: 100).blocks
        let expected = NeighborReference(rows, .euclidean).lists(of: 0..<100, among: 0..<400, k: k, includeSelf: true)
        var search = NeighborSearch(path: .best)
        var reservoir = NeighborReservoir(rows: 100, k: k)
        for block in blocks {
            search.search(blocks[0], among: block, into: &reservoir)
            #expect(reservoir.lists().rows == 100)
        }
        #expect(reservoir.lists() == expected)
    }
}
