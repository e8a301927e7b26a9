import Shards
import Tensors

/// The point that rows are shifted by before they are multiplied.
///
/// It follows from the data alone, so that all machines use the same, and changes no list: only how much of the search
/// float32 can decide.
enum SearchOrigin {
    /// Rows that it is the mean of.
    private static let sampledRows = 256
    /// The squared length of the mean of unit rows from which on they lie in a narrow cone: their scores differ by less than
    /// a tenth, and float32 has fewer digits for a dot product than for the distance from one to the other.
    private static let narrowCone = 0.9

    /// The mean of some rows under the Euclidean metric, of some unit rows under cosine where they lie in a narrow cone;
    /// empty for none.
    static func point(amid dataset: Dataset, _ metric: NeighborMetric) -> [Float] {
        switch metric {
        case .innerProduct:
            return []
        case .euclidean:
            return mean(ofRowsIn: dataset) { _ in 1 }.map { Float($0) }
        case .cosine:
            let mean = mean(ofRowsIn: dataset) { 1 / max(norm(of: $0), .leastNormalMagnitude) }
            return mean.reduce(0) { $0 + $1 * $1 } > narrowCone ? mean.map { Float($0) } : []
        }
    }

    private static func norm(of row: [Float]) -> Double {
        row.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }

    /// The mean of some rows in Double.
    static func mean(ofRowsIn dataset: Dataset) -> [Double] {
        let count = min(sampledRows, dataset.rows)
        var sums = [Double](repeating: 0, count: dataset.columns)
        var row = sums
        for sample in 0..<count {
            let number = sample * dataset.rows / count
            var span = row.mutableSpan
            dataset.read(rows: number..<number + 1, into: &span)
            for column in row.indices { sums[column] += row[column] }
        }
        // Rows that are not finite are refused elsewhere.
        return sums.map { $0.isFinite ? $0 / Double(count) : 0 }
    }

    private static func mean(ofRowsIn dataset: Dataset, times factor: ([Float]) -> Double) -> [Double] {
        let count = min(sampledRows, dataset.rows)
        var sums = [Double](repeating: 0, count: dataset.columns)
        for sample in 0..<count {
            let row = dataset.row(sample * dataset.rows / count)
            let factor = factor(row)
            for column in row.indices { sums[column] += Double(row[column]) * factor }
        }
        return sums.map { $0 / Double(count) }
    }
}
