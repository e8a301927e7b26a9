import Shards
import Tensors

/// Reads rows by their numbers, as heads see them: float32 unit vectors.
struct RowGather {
    let dataset: Dataset

    /// Rows that are on their way while one is read.
    private static let ahead = 4

    /// The rows of all lists, one after the other.
    func read(_ lists: [ArraySlice<Int64>]) -> Matrix {
        let columns = dataset.columns
        let rows = lists.joined().map { Int($0) }
        return Matrix(rows: rows.count, columns: columns) { values in
            for (place, row) in rows.enumerated() {
                if place + Self.ahead < rows.count { dataset.fetch(row: rows[place + Self.ahead]) }
                var target = values._mutatingExtracting(place * columns..<(place + 1) * columns)
                dataset.read(rows: row..<row + 1, into: &target)
            }
            scaleToUnits(&values)
        }
    }

    private func scaleToUnits(_ values: inout MutableSpan<Float>) {
        var statistics = RowStatistics()
        statistics.measure(values.span, columns: dataset.columns)
        // Rows without a direction were refused before the job began.
        let factors = statistics.squaredNorms.map { RowStatistics.unitFactor(squaredNorm: $0) ?? 1 }
        RowStatistics.scaleRows(&values, by: factors.span)
    }
}
