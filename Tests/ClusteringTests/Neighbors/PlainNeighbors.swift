import Tensors

@testable import Clustering

/// The nearest neighbours by their definition, in double precision.
struct PlainNeighbors {
    /// rows × k, best first; ties to the lower index.
    let indices: [[Int]]
    /// Of all candidates, by row; more is nearer.
    let scores: [[Double]]
    private let metric: NeighborMetric

    /// - Parameter queries: rows that are compared with all of `rows`; the rows themselves where nil.
    init(_ rows: Matrix, _ metric: NeighborMetric, k: Int, includesSelf: Bool = false, queries: Matrix? = nil) {
        let candidates = Self.doubles(rows)
        let asking = queries.map(Self.doubles) ?? candidates
        let scores = asking.map { query in candidates.map { Self.score(query, $0, metric) } }
        indices = scores.enumerated().map { row, scores in
            let others = scores.indices.filter { queries != nil || includesSelf || $0 != row }
            return Array(others.sorted { (-scores[$0], $0) < (-scores[$1], $1) }.prefix(k))
        }
        self.scores = scores
        self.metric = metric
    }

    /// What is written for a pair.
    func value(_ row: Int, _ other: Int) -> Float {
        let score = scores[row][other]
        return metric == .euclidean ? Float((0 - score).squareRoot()) : Float(metric == .cosine ? min(1, score) : score)
    }

    /// What a search should leave for a row.
    func values(ofRow row: Int) -> [Float] { indices[row].map { value(row, $0) } }

    private struct Row {
        var values: [Double]
        var norm: Double
    }

    private static func doubles(_ matrix: Matrix) -> [Row] {
        (0..<matrix.rows).map { row in
            let values = matrix.row(row).map(Double.init)
            return Row(values: values, norm: sum(values.map { $0 * $0 }).squareRoot())
        }
    }

    private static func score(_ one: Row, _ other: Row, _ metric: NeighborMetric) -> Double {
        let pairs = zip(one.values, other.values)
        return switch metric {
        case .cosine: sum(pairs.map { $0 * $1 }) / (one.norm * other.norm)
        case .innerProduct: sum(pairs.map { $0 * $1 })
        case .euclidean: 0 - sum(pairs.map { ($0 - $1) * ($0 - $1) })
        }
    }

    /// Over eight lanes, which are joined by halves.
    private static func sum(_ terms: [Double]) -> Double {
        var lane = [Double](repeating: 0, count: 8)
        for (place, term) in terms.enumerated() { lane[place % 8] += term }
        return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]))
    }
}
