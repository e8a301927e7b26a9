import Tensors

/// The entropy of the mean prediction, H(p̄), which is largest when clusters are of one size; METHODS §4.2, §4.3.
enum BalanceEntropy {
    /// - Parameter sums: Σ p_i over the batch.
    static func entropy(_ sums: [Double], rows: Int, floor: Double) -> Double {
        sums.reduce(0) { entropy, sum in
            let mean = max(sum / Double(rows), floor)
            return entropy - mean * DeterministicMath.log(mean)
        }
    }

    /// The slope of −weight·H(p̄) with respect to each p_i: (weight/n)·(log p̄ + 1), and 0 where p̄ is below the floor.
    static func offsets(_ sums: [Double], rows: Int, weight: Double, floor: Double) -> [Float] {
        sums.map { sum in
            let mean = sum / Double(rows)
            return mean < floor ? 0 : Float(weight / Double(rows) * (DeterministicMath.log(mean) + 1))
        }
    }
}
