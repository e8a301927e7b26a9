import Tensors

extension Dataset {
    /// Copies rows out of the files, converted to float32, one row after the other.
    ///
    /// - Parameters:
    ///   - rows: inside `0..<self.rows`.
    ///   - destination: exactly `rows.count * columns` numbers.
    package func read(rows: Range<Int>, into destination: inout MutableSpan<Float>) {
        guard !middle.isEmpty else { return read(rows, into: &destination, Conversion.widen) }
        var exact = [Double](repeating: 0, count: rows.count * columns)
        var span = exact.mutableSpan
        read(rows: rows, into: &span)
        for place in exact.indices { destination[place] = Float(exact[place] - middle[place % columns]) }
    }

    /// The same rows, each less a point when it is read as float32: rows of float64 that lie far from where they are counted
    /// from are then rounded by how far they are from the point, and not by how far they are from zero.
    package func moved(by point: [Double]) -> Dataset {
        precondition(point.count == columns, "a point of \(point.count) numbers for rows of \(columns)")
        var moved = self
        moved.middle = point
        return moved
    }

    /// Copies rows out of the files as float64, which holds the numbers of every element type exactly.
    ///
    /// - Parameters:
    ///   - rows: inside `0..<self.rows`.
    ///   - destination: exactly `rows.count * columns` numbers.
    package func read(rows: Range<Int>, into destination: inout MutableSpan<Double>) {
        read(rows, into: &destination, Conversion.widen)
    }

    /// Copies rows, each stretch that lies together by one call of `widen`.
    private func read<Number>(
        _ rows: Range<Int>,
        into destination: inout MutableSpan<Number>,
        _ widen: (RawSpan, ElementType, inout MutableSpan<Number>) -> Void
    ) {
        check(rows)
        precondition(destination.count == rows.count * columns, "\(destination.count) numbers for \(rows.count) rows")
        guard sides.isEmpty else { return readSides(rows, into: &destination, widen) }
        var done = 0
        forEachPart(of: rows) { matrix, part in
            var target = destination._mutatingExtracting(done..<done + part.count * columns)
            matrix.memory.withBytes(in: matrix.byteRange(ofRows: part)) { bytes in
                widen(bytes, elementType, &target)
            }
            done += part.count * columns
        }
    }

    private func readSides<Number>(
        _ rows: Range<Int>,
        into destination: inout MutableSpan<Number>,
        _ widen: (RawSpan, ElementType, inout MutableSpan<Number>) -> Void
    ) {
        var done = 0
        for row in rows {
            for side in sides {
                var target = destination._mutatingExtracting(done..<done + side.columns)
                side.read(row..<row + 1, into: &target, widen)
                done += side.columns
            }
        }
    }

    /// Lends rows where they are stored as the Floats of this machine, together in one file; nil where they are not.
    package func withFloats<Result>(
        ofRows rows: Range<Int>,
        _ body: (Span<Float>) throws -> Result
    ) rethrows -> Result? {
        check(rows)
        guard elementType == .float32, middle.isEmpty, sides.isEmpty, selection == nil, !rows.isEmpty else {
            return nil
        }
        let file = stored.file(ofRow: rows.lowerBound)
        let first = stored.firstRows[file]
        guard rows.upperBound <= stored.firstRows[file + 1] else { return nil }
        watch.see(rows)
        let part = rows.lowerBound - first..<rows.upperBound - first
        let matrix = matrices[file]
        let bytes = matrix.byteRange(ofRows: part)
        return try matrix.memory.withBytes(in: bytes) { try Conversion.withFloats(in: $0, body) }
    }

    /// Asks for a row that will be read soon: rows from anywhere in the dataset are else waited for one by one.
    ///
    /// It changes nothing but speed.
    package func fetch(row: Int) {
        check(row..<row + 1)
        for side in sides { side.fetch(row: row) }
        guard sides.isEmpty else { return }
        stored.forEachPart(of: storedRow(row)) { matrix, part in
            matrix.memory.withBytes(in: matrix.byteRange(ofRows: part)) { Conversion.fetch($0) }
        }
    }

    /// The numbers of rows as float32, one row after the other.
    package func read(rows: Range<Int>) -> [Float] {
        var values = [Float](repeating: 0, count: rows.count * columns)
        var span = values.mutableSpan
        read(rows: rows, into: &span)
        return values
    }

    /// The numbers of one row.
    package func row(_ row: Int) -> [Float] {
        read(rows: row..<row + 1)
    }

    /// Lends rows as they are stored, `elementType` numbers one row after the other, in one call for each file they
    /// are in.
    ///
    /// Of a file that had to be decoded these are the decoded bytes. They are perhaps not aligned. Not for datasets side by side, which are stored apart.
    package func withStoredRows<Failure: Error>(
        _ rows: Range<Int>,
        _ body: (_ bytes: RawSpan, _ rows: Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        precondition(sides.isEmpty, "rows side by side are not stored together")
        check(rows)
        var next = rows.lowerBound
        try forEachPart(of: rows) { (matrix, part) throws(Failure) in
            try matrix.memory.withBytes(in: matrix.byteRange(ofRows: part)) { (bytes) throws(Failure) in
                try body(bytes, next..<next + part.count)
            }
            next += part.count
        }
    }

    /// Tells the system how rows will be read.
    ///
    /// Advice only: it changes nothing but speed.
    package func advise(_ advice: Advice, rows: Range<Int>) {
        check(rows)
        for side in sides { side.advise(advice, rows: rows) }
        guard sides.isEmpty else { return }
        for part in selection.map({ $0[rows].map { $0..<$0 + 1 } }) ?? [rows] {
            stored.forEachPart(of: part) { matrix, part in
                matrix.memory.advise(advice, for: matrix.byteRange(ofRows: part))
            }
        }
    }

    /// The file a row is in, with its key, and the row's number there, for messages.
    package func location(ofRow row: Int) -> (path: String, row: Int) {
        check(row..<row + 1)
        let row = storedRow(row).lowerBound
        let file = stored.file(ofRow: row)
        return (matrices[file].place, row - stored.firstRows[file])
    }

    /// Where a row is among those of the files.
    private func storedRow(_ row: Int) -> Range<Int> {
        let row = selection?[row] ?? row
        return row..<row + 1
    }

    private func check(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    }

    /// Calls `body` with each file and the rows of it that belong to a range, counted within the file, once those rows have
    /// been taken down as read.
    private func forEachPart<Failure: Error>(
        of range: Range<Int>,
        _ body: (StoredMatrix, Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        guard let selection else { return try forEachStoredPart(of: range, body) }
        for row in selection[range] { try forEachStoredPart(of: row..<row + 1, body) }
    }

    private func forEachStoredPart<Failure: Error>(
        of range: Range<Int>,
        _ body: (StoredMatrix, Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        watch.see(range)
        try stored.forEachPart(of: range, body)
    }
}
