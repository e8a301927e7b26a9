import Shards
import Synchronization
import Tensors

/// What one step learns from.
package struct Batch: Sendable, Equatable {
    /// Rows of the dataset.
    package var anchors: [Int]
    /// For each input, a row beside each anchor: one of its neighbours in that input's space.
    package var partners: [[Int]]

    package init(anchors: [Int], partners: [[Int]]) {
        self.anchors = anchors
        self.partners = partners
    }
}

/// Where a training's batches come from: a pure function of epoch and step.
package protocol BatchSource: Sendable {
    var stepsPerEpoch: Int { get }
    func batch(epoch: Int, step: Int) -> Batch
}

/// The nearest rows of every row.
package protocol NeighborSource: Sendable {
    /// Neighbours of each row.
    var count: Int { get }
    func neighbor(_ rank: Int, ofRow row: Int) -> Int
}

/// Neighbours in memory: `count` for each row, row after row.
package struct NeighborTable: NeighborSource {
    package let count: Int
    private let rows: [Int32]

    package init(_ rows: [Int32], count: Int) {
        precondition(count >= 1 && rows.count.isMultiple(of: count), "\(rows.count) neighbours, \(count) of each row")
        self.rows = rows
        self.count = count
    }

    package func neighbor(_ rank: Int, ofRow row: Int) -> Int { Int(rows[row * count + rank]) }
}

/// Neighbours in a file that stays mapped.
package struct NeighborFile: NeighborSource {
    private let matrix: IndexMatrix

    /// - Throws: `ShardError` where the file cannot be read, `ClusteringError` where it is not of a dataset of so many rows.
    package init(path: String, rows: Int) throws {
        matrix = try IndexMatrix(path: path)
        guard matrix.rows == rows else {
            throw ClusteringError(
                .badData,
                "neighbours of \(matrix.rows) rows for a dataset of \(rows): \(path); search the neighbours again"
            )
        }
    }

    /// A file that a user gave.
    /// - Throws: also `ClusteringError` where it names a row that there is not; it is read whole for that.
    package init(given path: String, rows: Int) throws {
        try self.init(path: path, rows: rows)
        for row in 0..<rows where !matrix.numbers(ofRow: row).allSatisfy((0..<rows).contains) {
            throw ClusteringError(
                .badData,
                "neighbour that is no row: \(path) at row \(row); search the neighbours of these rows again"
            )
        }
    }

    package var count: Int { matrix.columns }

    package func neighbor(_ rank: Int, ofRow row: Int) -> Int { matrix[row, rank] }
}

/// Batches drawn by random numbers: an epoch's anchors are the rows in a random order, and beside each anchor stands one
/// of its neighbours, drawn anew whenever the anchor is visited.
///
/// The order is keyed by (seed, epoch), a neighbour by (seed, input, epoch, row).
package struct DrawnBatches: BatchSource {
    private let rows: [Int]
    private let batchSize: Int
    private let dropsLast: Bool
    private let seed: UInt64
    private let neighbors: [any NeighborSource]
    private let order = EpochOrder()

    private static let orderPurpose = CounterRandom.Purpose(code: 0x4F52_4452)
    /// And those after it, one for each input.
    private static let neighborPurpose: UInt32 = 0x4E45_0000

    /// - Parameters:
    ///   - rows: those that are learned from.
    ///   - batchSize: at least 1 and no more than there are rows.
    ///   - dropsLast: whether the rows that are left over at the end of an epoch's order are passed over in it.
    ///   - neighbors: of each input.
    package init(
        rows: [Int],
        batchSize: Int,
        dropsLast: Bool,
        seed: UInt64,
        neighbors: [any NeighborSource]
    ) {
        precondition((1...max(rows.count, 1)).contains(batchSize), "batches of \(batchSize) of \(rows.count) rows")
        self.rows = rows
        self.batchSize = batchSize
        self.dropsLast = dropsLast
        self.seed = seed
        self.neighbors = neighbors
    }

    package var stepsPerEpoch: Int {
        dropsLast ? rows.count / batchSize : (rows.count + batchSize - 1) / batchSize
    }

    package func batch(epoch: Int, step: Int) -> Batch {
        let order = order.order(of: epoch) { shuffled(epoch) }
        let anchors = Array(order[step * batchSize..<min((step + 1) * batchSize, rows.count)])
        return Batch(
            anchors: anchors,
            partners: Self.partners(of: anchors, neighbors, seed: seed, epoch: epoch)
        )
    }

    /// A neighbour of each row, for each input.
    fileprivate static func partners(
        of rows: [Int],
        _ neighbors: [any NeighborSource],
        seed: UInt64,
        epoch: Int
    ) -> [[Int]] {
        neighbors.enumerated().map { input, source in
            let random = CounterRandom(
                seed: seed,
                purpose: .init(code: neighborPurpose + UInt32(input)),
                round: UInt64(epoch)
            )
            return rows.map { row in
                var draws = random.draws(forRow: UInt64(row))
                return source.neighbor(draws.integer(below: source.count), ofRow: row)
            }
        }
    }

    /// Fisher and Yates's shuffle; the standard library's may change from release to release.
    private func shuffled(_ epoch: Int) -> [Int] {
        var order = rows
        var draws = CounterRandom(seed: seed, purpose: Self.orderPurpose, round: UInt64(epoch)).draws(forRow: 0)
        for place in stride(from: order.count - 1, to: 0, by: -1) {
            order.swapAt(place, draws.integer(below: place + 1))
        }
        return order
    }
}

/// Batches in which every anchor stands beside each of its neighbours, once for each; METHODS §7.3.
package struct PairedBatches: BatchSource {
    private let inner: DrawnBatches
    private let neighbors: any NeighborSource

    /// As for `DrawnBatches`; its size counts anchors.
    package init(rows: [Int], batchSize: Int, dropsLast: Bool, seed: UInt64, neighbors: any NeighborSource) {
        inner = DrawnBatches(rows: rows, batchSize: batchSize, dropsLast: dropsLast, seed: seed, neighbors: [])
        self.neighbors = neighbors
    }

    package var stepsPerEpoch: Int { inner.stepsPerEpoch }

    package func batch(epoch: Int, step: Int) -> Batch {
        let anchors = inner.batch(epoch: epoch, step: step).anchors
        let ranks = 0..<neighbors.count
        return Batch(
            anchors: anchors.flatMap { anchor in ranks.map { _ in anchor } },
            partners: [anchors.flatMap { anchor in ranks.map { neighbors.neighbor($0, ofRow: anchor) } }]
        )
    }
}

/// Batches for self-labelling: beside each anchor stands itself, to be altered.
package struct OwnBatches: BatchSource {
    private let inner: DrawnBatches

    /// As for `DrawnBatches`.
    package init(rows: [Int], batchSize: Int, dropsLast: Bool, seed: UInt64) {
        inner = DrawnBatches(rows: rows, batchSize: batchSize, dropsLast: dropsLast, seed: seed, neighbors: [])
    }

    package var stepsPerEpoch: Int { inner.stepsPerEpoch }

    package func batch(epoch: Int, step: Int) -> Batch {
        let anchors = inner.batch(epoch: epoch, step: step).anchors
        return Batch(anchors: anchors, partners: [anchors])
    }
}

/// Every batch is the whole dataset, and an epoch is one step; METHODS §17.
///
/// Rows stand in their order, so nothing but the neighbours is drawn.
package struct WholeBatches: BatchSource {
    private let rows: Int
    private let seed: UInt64
    private let neighbors: [any NeighborSource]

    package init(rows: Int, seed: UInt64, neighbors: [any NeighborSource]) {
        self.rows = rows
        self.seed = seed
        self.neighbors = neighbors
    }

    package var stepsPerEpoch: Int { 1 }

    package func batch(epoch: Int, step: Int) -> Batch {
        let anchors = Array(0..<rows)
        return Batch(
            anchors: anchors,
            partners: DrawnBatches.partners(of: anchors, neighbors, seed: seed, epoch: epoch)
        )
    }
}

/// The order of the last epoch that was asked for.
private final class EpochOrder: Sendable {
    private let last = Mutex<(epoch: Int, order: [Int])?>(nil)

    func order(of epoch: Int, _ make: () -> [Int]) -> [Int] {
        last.withLock { last in
            if let last, last.epoch == epoch { return last.order }
            let order = make()
            last = (epoch, order)
            return order
        }
    }
}
