import Testing

@testable import Clustering

@Suite struct RowSplitTests {
    @Test(arguments: [2, 9, 10, 1000])
    func `Every row is learned from or held out, a tenth of them`(rows: Int) {
        let split = RowSplit(rows: rows, seed: 4)
        #expect((split.learned + split.heldOut).sorted() == Array(0..<rows))
        #expect(split.heldOut.count == max(1, rows / 10))
        #expect(split.heldOut == split.heldOut.sorted())
    }

    @Test func `The seed chooses the rows, and a large dataset gives no more than are needed`() {
        #expect(RowSplit(rows: 300, seed: 1).heldOut != RowSplit(rows: 300, seed: 2).heldOut)
        #expect(RowSplit(rows: 300, seed: 1).heldOut == RowSplit(rows: 300, seed: 1).heldOut)
        #expect(RowSplit.heldOutCount(of: 700_000) == 65_536)
    }

    @Test func `A head collapses when it uses far fewer clusters than it has`() {
        #expect(!HeadJudgement(loss: 0, counts: [10, 10, 10, 10]).isCollapsed)
        #expect(!HeadJudgement(loss: 0, counts: [14, 12, 9, 5]).isCollapsed)
        #expect(HeadJudgement(loss: 0, counts: [40, 0, 0, 0]).isCollapsed)
        #expect(HeadJudgement(loss: 0, counts: [20, 20, 0, 0]).isCollapsed)
        // Too few rows to fill the clusters say nothing.
        #expect(!HeadJudgement(loss: 0, counts: [2, 1] + [Double](repeating: 0, count: 98)).isCollapsed)
        #expect(!HeadJudgement(loss: 0, counts: [7]).isCollapsed)
    }

    @Test func `A head that has not collapsed is better at any loss`() {
        let good = HeadJudgement(loss: 3, isCollapsed: false)
        let collapsed = HeadJudgement(loss: 1, isCollapsed: true)
        #expect(good.isBetter(than: collapsed) && !collapsed.isBetter(than: good))
        #expect(HeadJudgement(loss: 2, isCollapsed: false).isBetter(than: good))
        #expect(!good.isBetter(than: good))
    }

    @Test func `Paired batches have every neighbour of each anchor`() {
        // Row i has the rows i + 1 and i + 2 beside it.
        let neighbors = (0..<40).map { place -> Int32 in
            let row = place / 2
            let step = place % 2 + 1
            return Int32((row + step) % 20)
        }
        let table = NeighborTable(neighbors, count: 2)
        let batches = PairedBatches(rows: Array(0..<20), batchSize: 8, dropsLast: false, seed: 1, neighbors: table)
        #expect(batches.stepsPerEpoch == 3)
        let all = (0..<3).map { batches.batch(epoch: 0, step: $0) }
        let anchors = all.flatMap(\.anchors)
        let partners = all.flatMap { $0.partners[0] }
        var pairs: [[Int]] = []
        for (anchor, partner) in zip(anchors, partners) { pairs.append([anchor, partner]) }
        var wanted: [[Int]] = []
        for place in 0..<40 { wanted.append([place / 2, Int(neighbors[place])]) }
        #expect(Set(pairs) == Set(wanted) && pairs.count == 40)
    }
}
