import Synchronization

/// How many rows' lists a worker has settled, and for how many of them it had to search again.
///
/// It is no part of an answer, since which rows are certain depends on the kernel that found the candidates.
package final class SettledCounts: Sendable {
    private let settled = Atomic<Int>(0)
    private let collected = Atomic<Int>(0)
    private let compared = Atomic<Int>(0)

    /// Rows with settled lists.
    package var rows: Int { settled.load(ordering: .relaxed) }
    /// Those of them for which float32 collected all pairs that could be good enough.
    package var searchedInFloat: Int { collected.load(ordering: .relaxed) }
    /// Those of them of which every pair was scored in float64.
    package var searchedInDouble: Int { compared.load(ordering: .relaxed) }

    func add(rows: Int) { settled.add(rows, ordering: .relaxed) }
    func add(searchedInFloat rows: Int) { collected.add(rows, ordering: .relaxed) }
    func add(searchedInDouble rows: Int) { compared.add(rows, ordering: .relaxed) }
}
