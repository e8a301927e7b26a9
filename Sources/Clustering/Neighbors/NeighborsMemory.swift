import Shards
import Synchronization
import Tensors

/// What a worker keeps for all its threads: the band at hand, packed, and what its rows' pairs must reach after the leases
/// that the worker has had.
package final class NeighborsMemory: Sendable {
    private struct State {
        var band = 0..<0
        var packed: [PackedRows] = []
        /// Of the rows of each block of the band that has been searched.
        var thresholds: [Int: [Float]] = [:]
        var origin: [Float]?
    }

    /// Rows that the origin is the mean of.
    private static let sampledRows = 256

    private let state = Mutex(State())

    /// The packed blocks of a band; made by the thread that comes first, while the others wait.
    func band(_ blocks: Range<Int>, of program: Neighbors) throws -> [PackedRows] {
        let origin = origin(of: program)
        return try state.withLock { state in
            if state.band != blocks {
                // The old band goes before the new one comes.
                state.band = 0..<0
                state.packed = []
                state.thresholds = [:]
                state.packed = try blocks.map {
                    try Self.pack(program.listed.block($0), of: program.listed, program.settings.metric, origin)
                }
                state.band = blocks
            }
            return state.packed
        }
    }

    /// What the leases that have ended showed that pairs of a block's rows must reach at least; nil before there was one.
    func thresholds(ofBandBlock block: Int) -> [Float]? {
        state.withLock { $0.thresholds[block] }
    }

    /// Takes the thresholds of a block of the band at hand, where they are higher than those that are known.
    func raise(thresholds: [Float], ofBandBlock block: Int) {
        state.withLock { state in
            guard state.band.contains(block) else { return }
            let known = state.thresholds[block] ?? thresholds
            state.thresholds[block] = zip(known, thresholds).map { max($0, $1) }
        }
    }

    func pack(_ block: Block, of dataset: Dataset, for program: Neighbors) throws -> PackedRows {
        try Self.pack(block, of: dataset, program.settings.metric, origin(of: program))
    }

    private static func pack(
        _ block: Block,
        of dataset: Dataset,
        _ metric: NeighborMetric,
        _ origin: [Float]
    ) throws -> PackedRows {
        let values = dataset.read(rows: block.rows)
        return try PackedRows(
            values.span,
            columns: dataset.columns,
            firstRow: block.rows.lowerBound,
            metric: metric,
            origin: origin
        )
    }

    /// A point amid the rows: the mean of some of them. It changes no score, but the search is faster with it.
    func origin(of program: Neighbors) -> [Float] {
        guard program.settings.metric == .euclidean else { return [] }
        return state.withLock { state in
            if let origin = state.origin { return origin }
            let origin = Self.mean(ofRowsIn: program.dataset)
            state.origin = origin
            return origin
        }
    }

    private static func mean(ofRowsIn dataset: Dataset) -> [Float] {
        let count = min(sampledRows, dataset.rows)
        var sums = [Double](repeating: 0, count: dataset.columns)
        for sample in 0..<count {
            let row = dataset.row(sample * dataset.rows / count)
            for column in row.indices { sums[column] += Double(row[column]) }
        }
        return sums.map { Float($0 / Double(count)) }
    }
}
