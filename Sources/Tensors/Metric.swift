/// How near a row is to a centroid.
package enum Metric: String, Sendable, Codable, CaseIterable {
    /// The angle between unit vectors: nearest is the greatest dot product.
    case cosine
    /// The straight-line distance.
    case euclidean
}
