import Synchronization

/// How many rows' lists a worker has settled, and for how many of them it had to search again in float64.
///
/// It is no part of an answer, since which rows are certain depends on the kernel that found the candidates.
package final class SettledCounts: Sendable {
    private let rowsSettled = Atomic<Int>(0)
    private let rowsSearchedAgain = Atomic<Int>(0)

    package var rows: Int { rowsSettled.load(ordering: .relaxed) }
    package var searchedAgain: Int { rowsSearchedAgain.load(ordering: .relaxed) }

    func add(rows: Int, searchedAgain: Int) {
        rowsSettled.add(rows, ordering: .relaxed)
        rowsSearchedAgain.add(searchedAgain, ordering: .relaxed)
    }
}
