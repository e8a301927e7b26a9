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
    private static let mostBytes = 256 << 20

    let kmeans = KMeansMemory()
    let neighbors = NeighborsMemory()
    private let state = Mutex(State())

    /// The rows at some positions of one cell, with positions as their indices.
    func packed(_ positions: Range<Int>, of index: CellIndex, for program: ApproximateNeighbors) throws -> PackedRows {
        if let known = state.withLock({ $0.packed[positions.lowerBound] }) { return known }
        let values = program.dataset.gather(index.order[positions].map(Int.init))
        let packed = try PackedRows(
            values.span,
            columns: program.dataset.columns,
            firstRow: positions.lowerBound,
            metric: program.settings.metric,
            origin: neighbors.origin(of: program.exact)
        )
        state.withLock { Self.keep(packed, in: &$0) }
        return packed
    }

    private static func keep(_ packed: PackedRows, in state: inout State) {
        guard state.packed.updateValue(packed, forKey: packed.firstRow) == nil else { return }
        state.ages.append(packed.firstRow)
        state.bytes += bytes(of: packed)
        guard state.bytes > mostBytes else { return }
        // Half of it at once, so that the list of ages is not moved for each.
        var dropped = 0
        while state.bytes > mostBytes / 2, dropped < state.ages.count - 1 {
            if let old = state.packed.removeValue(forKey: state.ages[dropped]) { state.bytes -= bytes(of: old) }
            dropped += 1
        }
        state.ages.removeFirst(dropped)
    }

    /// Rows and panels.
    private static func bytes(of packed: PackedRows) -> Int { 2 * packed.rows * packed.columns * 4 }
}
