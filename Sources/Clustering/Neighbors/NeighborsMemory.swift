import Shards
import Synchronization
import Tensors

/// What a worker keeps for all its threads: the band at hand, packed.
package final class NeighborsMemory: Sendable {
    /// A block that the thread which comes first packs.
    private final class BandBlock: Sendable {
        private let packed = Mutex<PackedRows?>(nil)

        /// Packs the block unless another thread is at it.
        func begin(_ pack: () throws -> PackedRows) rethrows {
            try packed.withLockIfAvailable { packed in
                if packed == nil { packed = try pack() }
            }
        }

        /// The packed block; waits for the thread that packs it.
        func rows(_ pack: () throws -> PackedRows) rethrows -> PackedRows {
            try packed.withLock { packed in
                if let packed { return packed }
                let rows = try pack()
                packed = rows
                return rows
            }
        }
    }

    private struct State {
        var band = 0..<0
        var blocks: [BandBlock] = []
        var origin: [Float]?
    }

    /// Rows that the origin is the mean of.
    private static let sampledRows = 256

    private let state = Mutex(State())

    /// The packed blocks of a band, which threads that come together share out among themselves.
    func band(_ band: Range<Int>, of program: Neighbors) throws -> [PackedRows] {
        let origin = origin(of: program)
        let blocks = state.withLock { state in
            if state.band != band {
                // The old band goes before the new one is packed.
                state.blocks = band.map { _ in BandBlock() }
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
        for place in blocks.indices { try blocks[place].begin { try pack(place) } }
        return try blocks.indices.map { place in try blocks[place].rows { try pack(place) } }
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
