import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct DrawnBatchesTests {
    private static let neighbors = NeighborTable(
        (0..<100).flatMap { row in (1...4).map { Int32(1000 * $0 + row) } },
        count: 4
    )

    private func batches(dropsLast: Bool, seed: UInt64 = 1) -> DrawnBatches {
        DrawnBatches(
            rows: Array(0..<100),
            batchSize: 30,
            dropsLast: dropsLast,
            seed: seed,
            neighbors: [Self.neighbors, Self.neighbors]
        )
    }

    @Test func `An epoch visits every row once unless the last batch is dropped`() {
        let whole = batches(dropsLast: false)
        #expect(whole.stepsPerEpoch == 4)
        let anchors = (0..<4).flatMap { whole.batch(epoch: 2, step: $0).anchors }
        #expect(anchors.sorted() == Array(0..<100) && anchors != Array(0..<100))
        let dropped = batches(dropsLast: true)
        #expect(dropped.stepsPerEpoch == 3)
        #expect((0..<3).flatMap { dropped.batch(epoch: 2, step: $0).anchors } == Array(anchors[..<90]))
    }

    @Test func `A batch depends on seed, epoch and step alone`() {
        let one = batches(dropsLast: false)
        let late = one.batch(epoch: 5, step: 3)
        _ = one.batch(epoch: 0, step: 0)
        #expect(one.batch(epoch: 5, step: 3) == late)
        #expect(batches(dropsLast: false).batch(epoch: 5, step: 3) == late)
        #expect(one.batch(epoch: 4, step: 3) != late)
        #expect(batches(dropsLast: false, seed: 2).batch(epoch: 5, step: 3) != late)
    }

    @Test func `Batches made ahead are those of their source, in any order`() {
        let source = batches(dropsLast: false)
        let ahead = BatchesAhead(source)
        #expect(ahead.stepsPerEpoch == 4)
        let places = [(0, 0), (0, 1), (0, 2), (0, 2), (0, 3), (1, 0), (1, 1), (3, 2), (1, 2), (1, 3), (0, 0)]
        for (epoch, step) in places {
            #expect(ahead.batch(epoch: epoch, step: step) == source.batch(epoch: epoch, step: step))
        }
    }

    @Test func `Partners are neighbours, drawn anew for each visit and input`() {
        let all = batches(dropsLast: false)
        let batch = all.batch(epoch: 0, step: 0)
        for partners in batch.partners {
            for (anchor, partner) in zip(batch.anchors, partners) {
                #expect(partner % 1000 == anchor && partner >= 1000)
            }
            #expect(Set(partners.map { $0 / 1000 }) == [1, 2, 3, 4])
        }
        #expect(batch.partners[0] != batch.partners[1])
    }

    @Test func `Pieces cut a batch of any size into a power of two`() {
        for rows in [1, 3, 127, 128, 512, 513, 8192, 100_000, 1_281_167] {
            let count = BatchPieces.count(ofBatch: rows)
            #expect(count.nonzeroBitCount == 1)
            let pieces = (0..<count).map { BatchPieces.piece($0, ofBatch: rows).rows }
            #expect(
                pieces.allSatisfy { !$0.isEmpty } && pieces[0].lowerBound == 0 && pieces[count - 1].upperBound == rows
            )
            #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        }
        #expect(BatchPieces.count(ofBatch: 512) == 4)
    }
}
