/// What it took to be certain of labels.
///
/// It depends on kernels and processors, as results do not, and so it is told beside an answer and is no part of one.
package struct Certification: Sendable, Equatable {
    /// Rows that were assigned to centroids.
    package private(set) var rows: Int
    /// Those of them that float32 left open, so that float64 decided.
    package private(set) var rechecked: Int

    package init(rows: Int = 0, rechecked: Int = 0) {
        self.rows = rows
        self.rechecked = rechecked
    }

    package mutating func add(rows: Int, rechecked: Int) {
        self.rows += rows
        self.rechecked += rechecked
    }
}
