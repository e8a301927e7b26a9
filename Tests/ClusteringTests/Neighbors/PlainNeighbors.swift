import Tensors

@testable import Clustering

/// The nearest neighbours by their definition, in double precision.
struct PlainNeighbors {
    /// rows × k, best first; ties to the lower index.
    let indices: [[Int]]
    /// Similarities or distances of all candidates, by row.
    let values: [[Double]]

    /// - Parameter queries: rows that are compared with all of `rows`; the rows themselves where nil.
    init(_ rows: Matrix, _ metric: NeighborMetric, k: Int, includesSelf: Bool = false, queries: Matrix? = nil) {
        let candidates = Self.doubles(rows, metric)
        let asking = queries.map { Self.doubles($0, metric) } ?? candidates
        values = asking.map { query in candidates.map { Self.value(query, $0, metric) } }
        indices = values.enumerated().map { row, values in
            let others = values.indices.filter { queries != nil || includesSelf || $0 != row }
            let sign: Double = metric == .euclidean ? 1 : -1
            return Array(others.sorted { (sign * values[$0], $0) < (sign * values[$1], $1) }.prefix(k))
        }
    }

    private static func doubles(_ matrix: Matrix, _ metric: NeighborMetric) -> [[Double]] {
        (0..<matrix.rows).map { row in
            let values = matrix.row(row).map(Double.init)
            let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return metric == .cosine ? values.map { $0 / norm } : values
        }
    }

    private static func value(_ one: [Double], _ other: [Double], _ metric: NeighborMetric) -> Double {
        let pairs = zip(one, other)
        return metric == .euclidean
            ? pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
            : pairs.reduce(0) { $0 + $1.0 * $1.1 }
    }
}
