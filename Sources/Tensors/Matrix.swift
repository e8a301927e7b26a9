/// A row-major matrix of Float.
package struct Matrix: Sendable, Equatable {
    package let rows: Int
    package let columns: Int
    /// `rows` × `columns` values, row after row.
    package internal(set) var values: [Float]

    package init(rows: Int, columns: Int, repeating value: Float = 0) {
        self.init(rows: rows, columns: columns, values: [Float](repeating: value, count: rows * columns))
    }

    package init(rows: Int, columns: Int, values: [Float]) {
        precondition(
            rows >= 0 && columns >= 0 && values.count == rows * columns,
            "a \(rows) × \(columns) matrix cannot hold \(values.count) values"
        )
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// - Parameter fill: gives every value, of which none has a meaning before.
    package init(rows: Int, columns: Int, filledBy fill: (inout MutableSpan<Float>) -> Void) {
        self.init(rows: rows, columns: columns, values: [Float](count: rows * columns, filledBy: fill))
    }

    package subscript(row: Int, column: Int) -> Float {
        get { values[index(row, column)] }
        set { values[index(row, column)] = newValue }
    }

    private func index(_ row: Int, _ column: Int) -> Int {
        precondition(column >= 0 && column < columns, "column \(column) of a matrix with \(columns)")
        return row * columns + column
    }
}
