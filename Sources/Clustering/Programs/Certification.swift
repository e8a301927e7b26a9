/// What it took to be certain of labels and lists.
///
/// It depends on kernels and processors, as results do not, and so it is told beside an answer and is no part of one.
package struct Certification: Sendable, Equatable {
    /// Rows whose labels or lists were found.
    package var rows: Int
    /// Those of them that were looked at again in float32.
    package var inFloat: Int
    /// Those of them that float64 decided.
    package var inDouble: Int

    package init(rows: Int = 0, inFloat: Int = 0, inDouble: Int = 0) {
        self.rows = rows
        self.inFloat = inFloat
        self.inDouble = inDouble
    }

    package mutating func add(_ other: Certification) {
        // Wrapping, since a peer may say anything.
        rows &+= other.rows
        inFloat &+= other.inFloat
        inDouble &+= other.inDouble
    }
}
