/// What is known of a row from its last assignment: that no centroid but its own is nearer than this.
///
/// Under the Euclidean metric it is a distance, under cosine the negative of a similarity. `PrunedLabels` in this module's
/// documentation derives what is computed here.
struct CarriedBound: Sendable {
    /// Of a row of which nothing is known.
    static let nothing = -Float.infinity

    private let metric: Metric
    /// g: what scores in Double can be off by, relative to the greatest they can be.
    private let error: Double
    /// What makes a difference of T one of scores: 2/σ² for squared distances, 1/σ² for similarities.
    private let unit: Double

    init(columns: Int, metric: Metric, scale: Double) {
        self.metric = metric
        error = CertificationBound(columns: columns).tail
        unit = (metric == .euclidean ? 2 : 1) / (scale * scale)
    }

    /// The bound that follows from an assignment.
    /// - Parameters:
    ///   - score: Σ(x − c)², or −Σ x·c of the unit row.
    ///   - gap: as of `ck_certify`.
    func bound(score: Double, gap: Double) -> Float {
        switch metric {
        case .euclidean: Self.roundedDown((score * (1 - 4 * error) + gap * unit).squareRoot() * (1 - 0x1p-40))
        case .cosine: Self.roundedDown(score + gap * unit - 4 * error - 0x1p-40)
        }
    }

    /// The bound after centroids have moved.
    func loosened(_ bound: Float, by distance: Double) -> Float { Self.roundedDown(Double(bound) - distance) }

    /// Whether the bound shows that no other centroid's score, as it is computed, is as low. A comparison with NaN is false.
    func isNearest(score: Double, bound: Float) -> Bool {
        let bound = Double(bound)
        switch metric {
        case .euclidean: return bound > 0 && score * (1 + 8 * error) < bound * bound
        case .cosine: return score + 4 * error < bound
        }
    }

    private static func roundedDown(_ x: Double) -> Float {
        let near = Float(x)
        return Double(near) > x ? near.nextDown : near
    }
}
