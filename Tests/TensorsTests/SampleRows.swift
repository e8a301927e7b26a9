@testable import Tensors

/// Rows drawn from a seed, for tests.
enum SampleRows {
    static let purpose = CounterRandom.Purpose(code: 0xFFFF)

    /// Values in (−scale, scale), different for every row.
    static func matrix(rows: Int, columns: Int, seed: UInt64, scale: Double = 1) -> Matrix {
        let random = CounterRandom(seed: seed, purpose: purpose)
        var values: [Float] = []
        for row in 0..<rows {
            var draws = random.draws(forRow: UInt64(row))
            for _ in 0..<columns { values.append(Float((draws.uniform() * 2 - 1) * scale)) }
        }
        return Matrix(rows: rows, columns: columns, values: values)
    }

    /// Labels in 0..<clusters.
    static func labels(count: Int, clusters: Int, seed: UInt64) -> [Int32] {
        var draws = CounterRandom(seed: seed, purpose: purpose, round: 1).draws(forRow: 0)
        return (0..<count).map { _ in Int32(draws.integer(below: clusters)) }
    }
}

/// Σ over eight lanes, element e in lane e mod 8, the lanes added by halves: the order every kernel follows.
func laneSum(_ terms: [Double]) -> Double {
    var lane = [Double](repeating: 0, count: 8)
    for (index, term) in terms.enumerated() { lane[index % 8] += term }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]))
}
