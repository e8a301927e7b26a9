/// How far the float32 score of a pair, by which a search finds candidates, can be from the score that is defined
/// (`PairScores`): proven in <doc:CertifiedNeighbors>.
package struct ScoreBound: Sendable {
    private enum Proposal {
        /// Dot products of unit rows.
        case unitProducts
        /// Dot products of rows whose norms are at most this.
        case products(greatestNorm: Double)
        /// Minus squared distances.
        case distances
        /// Minus squared distances of unit rows.
        case unitDistances
    }

    /// Roundings of Float, and the least that a product can underflow by.
    private static let unit = 0x1p-24
    private static let underflow = 0x1p-148
    /// Roundings of Double.
    private static let doubleUnit = 0x1p-53

    private let proposal: Proposal
    private let columns: Double

    /// - Parameters:
    ///   - hasOrigin: whether rows were packed with an origin.
    ///   - greatestNorm: of the rows that neighbours are found among, as `PairScores.norms` gives it; of `innerProduct` only.
    package init(_ metric: NeighborMetric, hasOrigin: Bool, columns: Int, greatestNorm: Double = 0) {
        self.columns = Double(columns)
        switch metric {
        case .cosine: proposal = hasOrigin ? .unitDistances : .unitProducts
        case .innerProduct: proposal = .products(greatestNorm: greatestNorm)
        case .euclidean: proposal = .distances
        }
    }

    /// The most that the score of a pair can be whose float32 score is at most this.
    ///
    /// - Parameter norm: of the row whose pairs they are; of `innerProduct` only.
    package func greatest(_ score: Float, norm: Double) -> Double {
        let score = Double(score)
        switch proposal {
        case .unitProducts:
            return score + Self.gamma(columns + 8) + columns * Self.underflow
        case .products(let greatestNorm):
            // The norms' own roundings are less than one of Float.
            return score + Self.gamma(columns + 2) * norm * greatestNorm + columns * Self.underflow
        case .distances:
            return -leastSquare(score)
        case .unitDistances:
            // Each row is at most 2.01 roundings from the unit vector that it stands for.
            let least = max(0, leastSquare(score).squareRoot() - 5 * Self.unit)
            return 1 - 0.5 * least * least + (columns / 4 + 16) * Self.doubleUnit
        }
    }

    /// A float32 score below which no pair has a score of at least this.
    ///
    /// - Parameter norm: as for `greatest`.
    package func leastFloat(for score: Double, norm: Double) -> Float {
        // By bisection, over the floats in their order: what `greatest` says grows with the float.
        var low = Self.order(of: -.infinity)
        var high = Self.order(of: .infinity)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if greatest(Self.float(at: middle), norm: norm) < score { low = middle } else { high = middle }
        }
        return Self.float(at: low)
    }

    /// The place of a float among all, 0 being that of both zeros.
    private static func order(of float: Float) -> Int {
        float < 0 ? -Int(float.magnitude.bitPattern) : Int(float.bitPattern)
    }

    private static func float(at order: Int) -> Float {
        order < 0 ? -Float(bitPattern: UInt32(-order)) : Float(bitPattern: UInt32(order))
    }

    /// The least squared distance of rows for which the kernel found no more than this.
    private func leastSquare(_ score: Double) -> Double {
        let roundings = (columns / 64).rounded(.up) + 9
        return max(0, -score - columns * Self.underflow) * (1 - Self.gamma(roundings))
    }

    /// Higham's γ: the relative error of n roundings one upon the other.
    private static func gamma(_ roundings: Double) -> Double { roundings * unit / (1 - roundings * unit) }
}
