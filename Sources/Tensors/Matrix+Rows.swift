// Mutable spans are made from pointers here, because Swift 6.3.1 crashes on `values.mutableSpan` in these functions.
extension Matrix {
    /// Where a row lies in `values`.
    package func range(ofRow row: Int) -> Range<Int> {
        precondition(row >= 0 && row < rows, "row \(row) of a matrix with \(rows)")
        return row * columns..<(row + 1) * columns
    }

    package func row(_ row: Int) -> ArraySlice<Float> {
        values[range(ofRow: row)]
    }

    /// Lets `body` read one row, `columns` long.
    package func withRow<Result>(_ row: Int, _ body: (Span<Float>) throws -> Result) rethrows -> Result {
        try body(values.span.extracting(range(ofRow: row)))
    }

    /// Lets `body` change one row, `columns` long.
    package mutating func withMutableRow(_ row: Int, _ body: (inout MutableSpan<Float>) -> Void) {
        let range = range(ofRow: row)
        unsafe values.withUnsafeMutableBufferPointer { values in
            var span = unsafe MutableSpan(_unsafeElements: values.extracting(range))
            body(&span)
        }
    }

    /// Lets `body` change all values, `rows` × `columns` of them.
    package mutating func withMutableValues(_ body: (inout MutableSpan<Float>) -> Void) {
        unsafe values.withUnsafeMutableBufferPointer { values in
            var span = unsafe MutableSpan(_unsafeElements: values)
            body(&span)
        }
    }

    /// Σx² of each row, in Double over eight fixed lanes.
    package var squaredNorms: [Double] {
        var statistics = RowStatistics()
        statistics.measure(values.span, columns: columns)
        return statistics.squaredNorms
    }

    /// Makes every row a unit vector: x · Float(1/‖x‖), the rule by which rows of a dataset are scaled too.
    ///
    /// A row whose norm is zero, or so small that 1/‖x‖ is no Float (below 2⁻¹²⁸), has no direction; it stays as it is.
    /// - Returns: the numbers of such rows, ascending.
    @discardableResult
    package mutating func normaliseRows() -> [Int] {
        let factors = squaredNorms.map { RowStatistics.unitFactor(squaredNorm: $0) }
        let scale = factors.map { $0 ?? 1 }
        withMutableValues { RowStatistics.scaleRows(&$0, by: scale.span) }
        return factors.indices.filter { factors[$0] == nil }
    }
}

extension Matrix {
    /// self + other, of the same shape.
    package mutating func add(_ other: Matrix) {
        precondition(rows == other.rows && columns == other.columns, "matrices of different shapes")
        Float.add(other.values, to: &values)
    }
}
