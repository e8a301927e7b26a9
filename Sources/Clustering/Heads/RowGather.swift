import Shards
import Tensors

/// Reads rows by their numbers, as heads see them: float32 unit vectors.
struct RowGather {
    let dataset: Dataset

    /// Puts rows of the dataset, one after the other, into rows of a matrix from `first` on.
    func read(_ rows: ArraySlice<Int64>, into matrix: inout Matrix, from first: Int) {
        let columns = dataset.columns
        matrix.withMutableValues { values in
            for (place, row) in rows.enumerated() {
                let start = (first + place) * columns
                var target = values._mutatingExtracting(start..<start + columns)
                dataset.read(rows: Int(row)..<Int(row) + 1, into: &target)
            }
        }
        let range = first * columns..<(first + rows.count) * columns
        var statistics = RowStatistics()
        statistics.measure(matrix.values.span.extracting(range), columns: columns)
        // Rows without a direction were refused before the job began.
        let factors = statistics.squaredNorms.map { RowStatistics.unitFactor(squaredNorm: $0) ?? 1 }
        matrix.withMutableValues { values in
            var part = values._mutatingExtracting(range)
            RowStatistics.scaleRows(&part, by: factors.span)
        }
    }
}
