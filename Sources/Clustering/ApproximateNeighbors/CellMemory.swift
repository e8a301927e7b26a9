import Shards
import Synchronization
import Tensors

/// What a worker keeps for all its threads: what k-means does, and rows of cells, packed.
package final class CellMemory: Sendable {
    private struct State {
        var packed: [Int: PackedRows] = [:]
        /// By first position, the oldest first.
        var ages: [Int] = []
        var bytes = 0
    }

    /// Of packed rows.
    static let mostBytes = 192 << 20

    let kmeans = KMeansMemory()
    let neighbors = NeighborsMemory()
    private let state = Mutex(State())

    /// The rows at some positions of one cell, laid out as candidates.
    func packed(_ positions: Range<Int>, of index: CellIndex, for program: ApproximateNeighbors) throws -> PackedRows {
        if let known = state.withLock({ $0.packed[positions.lowerBound] }) { return known }
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

    private static func keep(_ packed: PackedRows, at position: Int, in state: inout State) {
        guard state.packed.updateValue(packed, forKey: position) == nil else { return }
        state.ages.append(position)
        state.bytes += packed.byteCount
        guard state.bytes > mostBytes else { return }
        // Half of it at once, so that the list of ages is not moved for each.
        var dropped = 0
        while state.bytes > mostBytes / 2, dropped < state.ages.count - 1 {
            if let old = state.packed.removeValue(forKey: state.ages[dropped]) { state.bytes -= old.byteCount }
            dropped += 1
        }
        state.ages.removeFirst(dropped)
    }
}
