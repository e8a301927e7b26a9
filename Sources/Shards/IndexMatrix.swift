import Tensors

/// A matrix of row numbers where it lies in a mapped `.npy` file, such as the neighbours of every row.
package struct IndexMatrix: Sendable {
    package let rows: Int
    package let columns: Int
    private let file: MappedFile
    private let offset: Int
    private let isWide: Bool

    /// - Throws: `.noInput` if the file cannot be opened; `.badData` if it holds no whole matrix of `<i4` or `<i8`.
    package init(path: String) throws(ShardError) {
        file = try MappedFile(path: path)
        let header = try NumpyHeader(in: file, range: 0..<file.byteCount, at: path)
        guard ["<i4", "<i8"].contains(header.descriptor), header.shape.count == 2, !header.isFortranOrder,
            header.shape[0] > 0, header.shape[1] > 0
        else {
            throw ShardError(
                .badData,
                "not a matrix of row numbers but \(header.descriptor) of shape \(header.shape)",
                at: path,
                fix: "give the neighbors.npy of coterie neighbors"
            )
        }
        (rows, columns) = (header.shape[0], header.shape[1])
        isWide = header.descriptor == "<i8"
        offset = header.dataOffset
        let (rowByteCount, isTooLarge) = columns.multipliedReportingOverflow(by: isWide ? 8 : 4)
        try MatrixShape(place: path, lengths: header.shape)
            .checkSize(
                rows: rows,
                rowByteCount: isTooLarge ? nil : rowByteCount,
                byteCount: file.byteCount - offset
            )
    }

    /// The number at a place; it may be any.
    package subscript(row: Int, column: Int) -> Int {
        precondition(
            (0..<rows).contains(row) && (0..<columns).contains(column),
            "\(row), \(column) of \(rows) × \(columns)"
        )
        let width = isWide ? 8 : 4
        let start = offset + (row * columns + column) * width
        return file.withBytes(in: start..<start + width) { bytes in
            isWide
                ? unsafe bytes.unsafeLoadUnaligned(as: Int.self) : Int(unsafe bytes.unsafeLoadUnaligned(as: Int32.self))
        }
    }

    /// The numbers of a row at once, which is many times faster than each for itself; they may be any.
    package func numbers(ofRow row: Int) -> [Int] {
        precondition((0..<rows).contains(row), "row \(row) of \(rows)")
        return numbers(at: row * columns, count: columns)
    }

    private func numbers(at place: Int, count: Int) -> [Int] {
        let width = isWide ? 8 : 4
        let start = offset + place * width
        let bytes = file.bytes(in: start..<start + count * width)[...]
        return isWide ? RawNumbers.numbers(from: bytes) : (RawNumbers.numbers(from: bytes) as [Int32]).map { Int($0) }
    }
}
