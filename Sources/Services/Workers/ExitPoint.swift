import Glibc

/// Where a worker can be made to end its process without a word, to see what its fleet does (`coterie worker --exit-at`).
package enum ExitPoint: String, Sendable, CaseIterable {
    /// It was taken into the fleet, and has said nothing since.
    case joined
    /// It was given a lease, and has not begun.
    case leased
    /// It has done the first block of a lease of several.
    case betweenBlocks = "between-blocks"
    /// It has its answer, and has not sent any of it.
    case mapped
    /// It has sent its answer, of which not all may have left.
    case answered

    /// What it exits with: none of the codes that a worker has otherwise.
    package static let status: Int32 = 99

    /// Ends the process if this is the point.
    func reach(_ point: ExitPoint) {
        if self == point { _exit(Self.status) }
    }
}
