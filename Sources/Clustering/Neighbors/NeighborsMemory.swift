import Shards
import Synchronization
import Tensors

/// What a worker keeps for all its threads: the band at hand, packed.
package final class NeighborsMemory: Sendable {
    private struct State {
        var band = 0..<0
        var packed: [PackedRows] = []
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
                state.packed = try blocks.map {
                    try Self.pack(
                        program.listed.block($0),
                        of: program.listed,
                        program.settings.metric,
                        origin,
                        use: program.queries == nil ? .everything : .queries
                    )
                }
                state.band = blocks
            }
            return state.packed
        }
    }

    /// A block that other rows are compared with.
    func pack(_ block: Block, of dataset: Dataset, for program: Neighbors) throws -> PackedRows {
        try Self.pack(block, of: dataset, program.settings.metric, origin(of: program), use: .candidates)
    }

    private static func pack(
        _ block: Block,
        of dataset: Dataset,
        _ metric: NeighborMetric,
        _ origin: [Float],
        use: PackedRows.Use
    ) throws -> PackedRows {
        let values = dataset.read(rows: block.rows)
        return try PackedRows(
            values.span,
            columns: dataset.columns,
            firstRow: block.rows.lowerBound,
            metric: metric,
            origin: origin,
            use: use
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
