/// What it took to be certain of labels and lists.
///
/// It depends on kernels and processors, as results do not, and so it is told beside an answer and is no part of one.
package struct Certification: Sendable, Equatable {
    /// Rows whose labels or lists were found.
    package var rows: Int
    /// Those of them that were looked at again in float32; of labels, those that were searched for, where others kept theirs.
    package var inFloat: Int
    /// Those of them that float64 decided.
    package var inDouble: Int
    /// Pairs of rows and centroids; 0 for lists.
    package var pairs: Int
    /// Those of them that were multiplied in whole length.
    package var multiplied: Int

    package init(rows: Int = 0, inFloat: Int = 0, inDouble: Int = 0, pairs: Int = 0, multiplied: Int = 0) {
        self.rows = rows
        self.inFloat = inFloat
        self.inDouble = inDouble
        self.pairs = pairs
        self.multiplied = multiplied
    }

    package mutating func add(_ other: Certification) {
        // Wrapping, since a peer may say anything.
        rows &+= other.rows
        inFloat &+= other.inFloat
        inDouble &+= other.inDouble
        pairs &+= other.pairs
        multiplied &+= other.multiplied
    }
}
