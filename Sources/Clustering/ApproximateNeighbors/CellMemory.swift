import Shards
import Synchronization
import Tensors

/// What a worker keeps for all its threads: what k-means does, and rows of cells, packed.
package final class CellMemory: Sendable {
    private struct Kept {
        var rows: PackedRows
        /// The time of its last use, which the number of uses tells.
        var used: Int
    }

    private struct State {
        /// By first position.
        var kept: [Int: Kept] = [:]
        var uses = 0
        var bytes = 0
    }

    /// Of packed rows.
    static let mostBytes = 256 << 20

    let kmeans = KMeansMemory()
    let neighbors = NeighborsMemory()
    private let state = Mutex(State())

    /// The rows at some positions of one cell, laid out as candidates.
    func packed(_ positions: Range<Int>, of index: CellIndex, for program: ApproximateNeighbors) throws -> PackedRows {
        if let known = state.withLock({ Self.use(positions.lowerBound, &$0) }) { return known }
        let rows = Array(index.order[positions])
        let values = program.dataset.gather(rows.map(Int.init))
        let packed = try PackedRows(
            values.span,
            columns: program.dataset.columns,
            rowNumbers: rows,
            metric: program.settings.metric,
            origin: neighbors.origin(of: program.exact),
            use: .candidates
        )
        state.withLock { Self.keep(packed, at: positions.lowerBound, in: &$0) }
        return packed
    }

    private static func use(_ position: Int, _ state: inout State) -> PackedRows? {
        state.uses += 1
        state.kept[position]?.used = state.uses
        return state.kept[position]?.rows
    }

    private static func keep(_ packed: PackedRows, at position: Int, in state: inout State) {
        guard state.kept.updateValue(Kept(rows: packed, used: state.uses), forKey: position) == nil else { return }
        state.bytes += packed.byteCount
        guard state.bytes > mostBytes else { return }
        // A sixteenth of it at once, so that it is not sorted for each.
        for (position, old) in state.kept.sorted(by: { $0.value.used < $1.value.used }) {
            guard state.bytes > mostBytes / 16 * 15, state.kept.count > 1 else { return }
            state.kept[position] = nil
            state.bytes -= old.rows.byteCount
        }
    }
}
