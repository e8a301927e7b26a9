/// What it took to find labels.
package struct AssignmentEffort: Sendable {
    package var rows: Int
    /// Pairs of a row and a centroid.
    package var pairs: Int
    /// Rows whose labels were searched for; the others kept theirs.
    package var searched = 0
    /// Pairs that were multiplied in whole length; the others were ruled out before.
    package var multiplied = 0
    /// Rows whose labels float64 decided.
    package var inDouble = 0

    init(rows: Int, clusters: Int) {
        self.rows = rows
        pairs = rows * clusters
    }
}
