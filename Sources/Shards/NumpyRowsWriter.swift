import Foundation

/// Writes an `.npy` array whose rows arrive in any order, such as block by block from a fleet.
///
/// The disk's room for the whole array is reserved at once, and the file takes its name when every row is there.
package struct NumpyRowsWriter<Element: NumpyElement>: ~Copyable, Sendable {
    package let rows: Int
    /// Numbers in a row; 1 for a vector.
    package let columns: Int

    private let file: AtomicFile
    private let dataOffset: Int
    private var written = IndexSet()

    /// Begins a matrix of `rows` times `columns`, or, with `columns` nil, a vector of `rows` numbers.
    ///
    /// - Throws: `.cannotCreate`; `.inputOutput` if there is no room for the array.
    package init(path: String, rows: Int, columns: Int?) throws(ShardError) {
        precondition(rows >= 0 && columns ?? 1 > 0, "\(rows) rows of \(columns ?? 1)")
        self.rows = rows
        self.columns = columns ?? 1
        let header = NumpyHeader.bytes(
            descriptor: Element.numpyDescriptor,
            shape: [rows] + (columns.map { [$0] } ?? [])
        )
        dataOffset = header.count
        file = try Self.begin(path, header, byteCount: header.count + rows * self.columns * MemoryLayout<Element>.size)
    }

    private static func begin(_ path: String, _ header: [UInt8], byteCount: Int) throws(ShardError) -> AtomicFile {
        let file = try AtomicFile(path: path)
        try file.reserve(byteCount)
        try file.write(unsafe header.span.bytes, at: 0)
        return file
    }

    /// Writes whole rows from row `row` on.
    ///
    /// A row that is written again is replaced.
    ///
    /// - Throws: `.inputOutput`.
    package mutating func write(_ values: Span<Element>, atRow row: Int) throws(ShardError) {
        let count = values.count / columns
        precondition(values.count == count * columns, "\(values.count) numbers are not rows of \(columns)")
        precondition(row >= 0 && row + count <= rows, "rows \(row)..<\(row + count) of \(rows)")
        try file.write(unsafe values.bytes, at: dataOffset + row * columns * MemoryLayout<Element>.size)
        written.insert(integersIn: row..<row + count)
    }

    /// Writes whole rows from row `row` on.
    ///
    /// A row that is written again is replaced.
    ///
    /// - Throws: `.inputOutput`.
    package mutating func write(_ values: [Element], atRow row: Int) throws(ShardError) {
        try write(values.span, atRow: row)
    }

    /// The rows of a range, as they were written last; zeros where nothing was.
    ///
    /// - Throws: `.inputOutput`.
    package func read(rows range: Range<Int>) throws(ShardError) -> [Element] {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        let offset = dataOffset + range.lowerBound * columns * MemoryLayout<Element>.size
        let count = range.count * columns
        return try unsafe [Element](unsafeUninitializedCapacity: count) {
            (buffer, initialised) throws(ShardError) in
            let bytes = unsafe UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(count * MemoryLayout<Element>.size)]
            )
            try unsafe file.read(into: bytes, at: offset)
            initialised = count
        }
    }

    /// Whether every row has been written.
    package var isComplete: Bool { written.count == rows }

    /// Syncs the file and puts it under its name.
    ///
    /// Every row must have been written: a result with a hole in it, which reads as zeros, is worse than none.
    ///
    /// - Throws: `.inputOutput`.
    package consuming func commit() throws(ShardError) {
        precondition(isComplete, "\(written.count) of \(rows) rows of \(file.path) were written")
        try file.commit()
    }
}
