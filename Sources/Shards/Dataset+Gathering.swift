import Tensors

extension Dataset {
    /// Copies rows from anywhere in the dataset, converted to float32, in the order in which they are named.
    ///
    /// The files are read from their beginning to their end whatever the order, and a row that is named twice is read once:
    /// the neighbours of a batch are spread over all files, and some are those of many rows.
    ///
    /// - Parameters:
    ///   - rows: numbers of rows, inside `0..<self.rows`.
    ///   - destination: exactly `rows.count * columns` numbers.
    package func gather(_ rows: [Int], into destination: inout MutableSpan<Float>) {
        precondition(destination.count == rows.count * columns, "\(destination.count) numbers for \(rows.count) rows")
        let order = rows.indices.sorted { (rows[$0], $0) < (rows[$1], $1) }
        var next = 0
        while next < order.count {
            let row = rows[order[next]]
            let first = order[next] * columns
            var target = destination._mutatingExtracting(first..<first + columns)
            read(rows: row..<row + 1, into: &target)
            next += 1
            while next < order.count, rows[order[next]] == row {
                copy(columns, from: first, to: order[next] * columns, in: &destination)
                next += 1
            }
        }
    }

    /// The numbers of rows from anywhere in the dataset, one row after the other.
    package func gather(_ rows: [Int]) -> [Float] {
        var values = [Float](repeating: 0, count: rows.count * columns)
        var span = values.mutableSpan
        gather(rows, into: &span)
        return values
    }

    private func copy(_ count: Int, from first: Int, to second: Int, in values: inout MutableSpan<Float>) {
        for place in 0..<count { values[second + place] = values[first + place] }
    }
}
