import Tensors

/// Checks that lengths from a file are those of a matrix that is there in full.
struct MatrixShape {
    /// The file, for messages.
    let place: String
    let lengths: [Int]

    /// The rows and columns, when they fill `byteCount` bytes exactly.
    ///
    /// An array without rows, of any shape, is 0 rows: other files may have some.
    ///
    /// - Throws: `.badData` for anything but two dimensions, at least one column, and the right size.
    func matrix(of type: ElementType, byteCount: Int) throws(ShardError) -> (rows: Int, columns: Int) {
        guard lengths.count == 2 || lengths.first == 0 else {
            throw ShardError(
                .badData,
                "\(lengths.count) dimensions where 2 are needed",
                at: place,
                fix: lengths.count < 2 ? "save x.reshape(-1, columns)" : "save x.reshape(len(x), -1)"
            )
        }
        let rows = lengths[0]
        let columns = lengths.count == 2 ? lengths[1] : 0
        guard rows == 0 || columns > 0 else { throw Self.empty(rows: rows, columns: columns, at: place) }
        try checkSize(rows: rows, rowByteCount: product(columns, type.byteCount), byteCount: byteCount)
        return (rows, columns)
    }

    /// The refusal of a matrix without a number.
    static func empty(rows: Int, columns: Int, at place: String) -> ShardError {
        ShardError(
            .badData,
            "an empty matrix of \(rows) rows and \(columns) columns",
            at: place,
            fix: "save at least one row of one number"
        )
    }

    /// Checks that `rows` times `rowByteCount` bytes are there, and nothing else.
    ///
    /// - Parameter rowByteCount: nil if that is more than an integer holds.
    func checkSize(rows: Int, rowByteCount: Int?, byteCount: Int) throws(ShardError) {
        guard let rowByteCount, let expected = product(rows, rowByteCount) else {
            throw ShardError(
                .badData,
                "a header that promises more numbers than fit in memory",
                at: place,
                fix: "write the file again"
            )
        }
        if byteCount < expected {
            let missing = rows - byteCount / rowByteCount
            throw ShardError(
                .badData,
                "truncated, \(missing) of \(rows) rows are missing",
                at: place,
                fix: "copy or write it again"
            )
        }
        if byteCount > expected {
            throw ShardError(
                .badData,
                "\(byteCount - expected) extra bytes after the last of \(rows) rows",
                at: place,
                fix: "write it again: its header and its data disagree"
            )
        }
    }

    private func product(_ left: Int, _ right: Int) -> Int? {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? nil : product
    }
}
