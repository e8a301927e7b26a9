extension Matrix {
    /// self · otherᵀ, rows × other.rows.
    ///
    /// One call of OpenBLAS on the whole shape: for bits that must not depend on how work is cut, the shape must not
    /// either.
    package func times(transposed other: Matrix) -> Matrix {
        precondition(columns == other.columns, "a product of \(columns) and \(other.columns) columns")
        var result = Matrix(rows: rows, columns: other.rows)
        result.withMutableValues {
            MatrixProduct.multiply(values.span, transposed: other.values.span, inner: columns, into: &$0)
        }
        return result
    }

    /// self · other, rows × other.columns; see `times(transposed:)` on shapes.
    package func times(_ other: Matrix) -> Matrix {
        precondition(columns == other.rows, "a product of \(columns) columns and \(other.rows) rows")
        var result = Matrix(rows: rows, columns: other.columns)
        result.withMutableValues {
            MatrixProduct.multiply(values.span, other.values.span, inner: columns, into: &$0)
        }
        return result
    }
}
