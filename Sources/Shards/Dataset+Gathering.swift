import Tensors

extension Dataset {
    /// Copies rows from anywhere in the dataset, converted to float32, in the order in which they are named.
    ///
    /// The files are read from their beginning to their end whatever the order, so that a row that is named often comes from
    /// memory and a disk is read in one sweep: the neighbours of a batch are spread over all files. They are mapped, so nothing
    /// is kept here: what was read lately is in the system's page cache, which all processes of a machine share.
    /// `Scripts/benchmark rows` measures it.
    ///
    /// - Parameters:
    ///   - rows: numbers of rows, inside `0..<self.rows`.
    ///   - destination: exactly `rows.count * columns` numbers.
    package func gather(_ rows: [Int], into destination: inout MutableSpan<Float>) {
        precondition(destination.count == rows.count * columns, "\(destination.count) numbers for \(rows.count) rows")
        // Row and place in one number, which sorts several times as fast as pairs of them.
        let keys = rows.indices.map { rows[$0] * rows.count + $0 }.sorted()
        for key in keys {
            let (row, place) = key.quotientAndRemainder(dividingBy: rows.count)
            var target = destination._mutatingExtracting(place * columns..<(place + 1) * columns)
            read(rows: row..<row + 1, into: &target)
        }
    }

    /// Copies a few rows from anywhere in the dataset in the order in which they are named, each while those behind it are
    /// on their way: for files that are in memory already, where putting the rows in order would cost more than it spares.
    ///
    /// - Parameters:
    ///   - rows: numbers of rows, inside `0..<self.rows`.
    ///   - destination: exactly `rows.count * columns` numbers.
    package func gather(inOrder rows: ArraySlice<Int32>, into destination: inout MutableSpan<Float>) {
        precondition(destination.count == rows.count * columns, "\(destination.count) numbers for \(rows.count) rows")
        guard !gatherFromOneFile(rows, into: &destination) else { return }
        for row in rows.prefix(Self.rowsAhead) { fetch(row: Int(row)) }
        var place = 0
        for position in rows.indices {
            let later = position + Self.rowsAhead
            if later < rows.endIndex { fetch(row: Int(rows[later])) }
            let row = Int(rows[position])
            var target = destination._mutatingExtracting(place..<place + columns)
            read(rows: row..<row + 1, into: &target)
            place += columns
        }
    }

    /// The same where all rows are stored in one file, which then is looked up once and not for every row.
    /// - Returns: whether they are.
    private func gatherFromOneFile(_ rows: ArraySlice<Int32>, into destination: inout MutableSpan<Float>) -> Bool {
        guard sides.isEmpty, selection == nil, middle.isEmpty, matrices.count == 1 else { return false }
        for row in rows {
            precondition(row >= 0 && row < self.rows, "row \(row) of \(self.rows)")
            watch.see(Int(row)..<Int(row) + 1)
        }
        let matrix = matrices[0]
        let (size, columns, elementType) = (matrix.rowByteCount, columns, elementType)
        matrix.memory.withBytes(in: matrix.byteRange(ofRows: 0..<self.rows)) { bytes in
            for row in rows.prefix(Self.rowsAhead) {
                Conversion.fetch(bytes.extracting(Int(row) * size..<(Int(row) + 1) * size))
            }
            var place = 0
            for position in rows.indices {
                let later = position + Self.rowsAhead
                if later < rows.endIndex {
                    let row = Int(rows[later])
                    Conversion.fetch(bytes.extracting(row * size..<(row + 1) * size))
                }
                let row = Int(rows[position])
                var target = destination._mutatingExtracting(place..<place + columns)
                Conversion.widen(bytes.extracting(row * size..<(row + 1) * size), of: elementType, into: &target)
                place += columns
            }
        }
        return true
    }

    /// Rows that are on their way while one is read.
    private static let rowsAhead = 6

    /// The numbers of rows from anywhere in the dataset, one row after the other.
    package func gather(_ rows: [Int]) -> [Float] {
        var values = [Float](repeating: 0, count: rows.count * columns)
        var span = values.mutableSpan
        gather(rows, into: &span)
        return values
    }
}
