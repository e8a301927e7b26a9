import Shards
import Synchronization
import Tensors

/// What a worker keeps for all its threads: the band at hand, packed, and the norms of all rows.
package final class NeighborsMemory: Sendable {
    private struct State {
        var band = 0..<0
        var blocks: [MadeOnce<PackedRows>] = []
        var norms: [MadeOnce<[Double]>] = []
        var origin: [Float]?
    }

    private let state = Mutex(State())

    /// The packed blocks of a band, which threads that come together share out among themselves.
    func band(_ band: Range<Int>, of program: Neighbors) throws -> [PackedRows] {
        let origin = origin(of: program)
        let blocks = state.withLock { state in
            if state.band != band {
                // The old band goes before the new one is packed.
                state.blocks = band.map { _ in MadeOnce() }
                state.band = band
            }
            return state.blocks
        }
        let pack = { (place: Int) in
            try Self.pack(
                program.listed.block(band.lowerBound + place),
                of: program.listed,
                program.settings.metric,
                origin,
                use: .queries
            )
        }
        return try blocks.values(pack)
    }

    /// The norms of all rows of the dataset, by block.
    func norms(of dataset: Dataset) -> [[Double]] {
        let blocks = state.withLock { state in
            if state.norms.isEmpty { state.norms = (0..<dataset.blockCount).map { _ in MadeOnce() } }
            return state.norms
        }
        return blocks.values { Self.norms(of: dataset.block($0), dataset) }
    }

    private static func norms(of block: Block, _ dataset: Dataset) -> [Double] {
        let tile = ListSettling.tileRows(of: dataset)
        return stride(from: block.rows.lowerBound, to: block.rows.upperBound, by: tile).flatMap { first in
            let values = dataset.read(rows: first..<min(block.rows.upperBound, first + tile))
            return PairScores.norms(of: values.span, columns: dataset.columns)
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
        let first = block.rows.lowerBound
        return try PackedRows(
            rows: block.rows.count,
            columns: dataset.columns,
            firstRow: first,
            metric: metric,
            origin: origin,
            use: use
        ) { rows, target in
            dataset.read(rows: first + rows.lowerBound..<first + rows.upperBound, into: &target)
        }
    }

    /// A point amid the rows, or amid the unit rows under cosine where they lie in a narrow cone; empty for none.
    func origin(of program: Neighbors) -> [Float] {
        state.withLock { state in
            if let origin = state.origin { return origin }
            let origin = SearchOrigin.point(amid: program.dataset, program.settings.metric)
            state.origin = origin
            return origin
        }
    }
}
