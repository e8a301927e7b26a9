/// The rows of a dataset's files, one after the other.
struct StoredRows: Sendable {
    /// In the order of their rows.
    let matrices: [StoredMatrix]
    /// The number of the first row of each file, and, last, the number of rows.
    let firstRows: [Int]

    init(_ matrices: [StoredMatrix]) {
        self.matrices = matrices
        // No overflow: every row takes at least a byte of a mapping, and the mappings share one address space.
        firstRows = matrices.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.rows) }
    }

    var count: Int { firstRows[matrices.count] }

    /// Calls `body` with each file and the rows of it that belong to a range, counted within the file.
    func forEachPart<Failure: Error>(
        of range: Range<Int>,
        _ body: (StoredMatrix, Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        var row = range.lowerBound
        while row < range.upperBound {
            let file = file(ofRow: row)
            let first = firstRows[file]
            let end = min(range.upperBound, firstRows[file + 1])
            try body(matrices[file], row - first..<end - first)
            row = end
        }
    }

    /// The index of the file that holds a row, by bisection.
    func file(ofRow row: Int) -> Int {
        var low = 0
        var high = matrices.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if firstRows[middle] <= row {
                low = middle
            } else {
                high = middle
            }
        }
        return low
    }

    /// Of the bytes of some rows as they are stored, file by file.
    func digest(of range: Range<Int>) -> UInt64 {
        var digest: UInt64 = 0
        forEachPart(of: range) { matrix, part in
            matrix.memory.withBytes(in: matrix.byteRange(ofRows: part)) { digest = RowDigest.of($0, after: digest) }
        }
        return digest
    }

    /// Rows for people: the file and the rows in it, from 0, or the first and the last of several.
    func place(of range: Range<Int>) -> String {
        let (first, last) = (range.lowerBound, range.upperBound - 1)
        let files = (file(ofRow: first), file(ofRow: last))
        let rows = (first - firstRows[files.0], last - firstRows[files.1])
        let place = matrices[files.0].place
        return files.0 == files.1
            ? "\(place) rows \(rows.0) to \(rows.1)"
            : "\(place) row \(rows.0) to \(matrices[files.1].place) row \(rows.1)"
    }
}
