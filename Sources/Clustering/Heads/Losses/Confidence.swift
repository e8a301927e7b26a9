import Tensors

/// The confidence of pairs of predictions that should agree, r_i = p_i·q_i; METHODS §4.2, §4.3.
package enum Confidence: String, Codable, Sendable, CaseIterable {
    /// −(1/n) Σ log r_i, as TAC's code and SCAN have it: a binary cross-entropy against ones.
    case code
    /// −log((1/n) Σ r_i), as TAC's paper has it.
    case paper

    /// No logarithm is taken to be less.
    private static let leastLogarithm = -100.0
    private static let leastProduct = 1e-12

    /// What is summed over a batch.
    struct Sums {
        var logarithms = 0.0
        var products = 0.0

        mutating func add(_ agreements: [Double]) {
            for agreement in agreements {
                logarithms += agreement > 0 ? max(DeterministicMath.log(agreement), leastLogarithm) : leastLogarithm
                products += agreement
            }
        }
    }

    func loss(_ sums: Sums, rows: Int) -> Double {
        switch self {
        case .code: -sums.logarithms / Double(rows)
        case .paper:
            sums.products > 0 ? -DeterministicMath.log(sums.products / Double(rows)) : -Self.leastLogarithm
        }
    }

    /// c_i, where the slope with respect to p_i is −c_i·q_i, and the other way round.
    func factors(_ agreements: [Double], rows: Int, products: Double) -> [Float] {
        agreements.map { agreement in
            switch self {
            // As the cross-entropy's backward pass divides: at r = 1 the slope is 0.
            case .code: Float((1 - agreement) / max((1 - agreement) * agreement, Self.leastProduct) / Double(rows))
            case .paper: Float(1 / max(products, Self.leastProduct))
            }
        }
    }

    /// r_i of each row: Σ p·q in Double.
    /// - Parameters:
    ///   - p: rows × clusters.
    ///   - q: a matrix whose first rows are the others.
    static func agreements(_ p: Span<Float>, _ q: Matrix) -> [Double] {
        let rows = p.count / q.columns
        var agreements = [Double](repeating: 0, count: rows)
        let others = Array(0..<Int32(rows))
        var span = agreements.mutableSpan
        DirectDistances.similarities(p, to: others.span, of: q, into: &span)
        return agreements
    }
}
