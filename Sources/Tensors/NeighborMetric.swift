/// How near two rows are to one another, as a score of which more is nearer.
///
/// The score is defined in Double (`PairScores`). A search finds candidates by a Float that is near it (`ScoreBound`), whose
/// bits follow from the two rows alone, whichever comes first and whatever they were searched with. Neither is ever NaN or
/// −0.
package enum NeighborMetric: String, Sendable, Codable, CaseIterable {
    /// The dot product of the rows scaled to unit norm.
    case cosine
    /// The dot product of the rows as they are.
    case innerProduct = "inner-product"
    /// Minus the squared straight-line distance.
    case euclidean
}
