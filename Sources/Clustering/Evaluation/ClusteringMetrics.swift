/// Every figure that is published for a clustering with known classes, as fractions.
///
/// All are functions of one `ContingencyTable` of integers, so they are the same bits for the same labels however those
/// were computed. Edge cases are scikit-learn's: one cluster and one class agree perfectly (1), one against several not at
/// all (0). None is ever NaN. The encoded keys are part of the contract with users.
package struct ClusteringMetrics: Codable, Sendable, Equatable {
    /// Share of rows right under the best one-to-one assignment of clusters to classes, 0 to 1.
    package let accuracy: Double
    /// Mutual information over the arithmetic mean of the entropies, 0 to 1.
    package let normalizedMutualInformation: Double
    /// Mutual information over the geometric mean of the entropies, 0 to 1.
    package let geometricNormalizedMutualInformation: Double
    /// Pair agreement adjusted for chance, −0.5 to 1.
    package let adjustedRandIndex: Double
    /// Mutual information adjusted for chance, at most 1.
    package let adjustedMutualInformation: Double
    /// Share of rows of their cluster's most frequent class, 0 to 1.
    package let purity: Double
    /// Weighted by cluster size, against each cluster's most frequent class, 0 to 1; equal to `purity`.
    package let precision: Double
    /// As `precision`.
    package let recall: Double
    /// Weighted mean of the clusters' F-measures, 0 to 1; not the harmonic mean of the two above.
    package let f1: Double
    /// Averaged over rows, 0 to 1.
    package let bcubedPrecision: Double
    /// Averaged over rows, 0 to 1.
    package let bcubedRecall: Double
    /// Weighted by class size, against the cluster that the best assignment gives each class, 0 to 1.
    package let matchedPrecision: Double
    /// As `matchedPrecision`; equal to `accuracy`.
    package let matchedRecall: Double
    /// Harmonic mean of the two above, 0 to 1.
    package let matchedF1: Double

    private enum CodingKeys: String, CodingKey {
        case accuracy = "acc"
        case normalizedMutualInformation = "nmi"
        case geometricNormalizedMutualInformation = "nmi_geometric"
        case adjustedRandIndex = "ari"
        case adjustedMutualInformation = "ami"
        case purity
        case precision
        case recall
        case f1
        case bcubedPrecision = "bcubed_precision"
        case bcubedRecall = "bcubed_recall"
        case matchedPrecision = "matched_precision"
        case matchedRecall = "matched_recall"
        case matchedF1 = "matched_f1"
    }

    /// Measures a clustering by its counts against the true classes.
    package init(_ table: ContingencyTable) {
        let assignment = table.bestAssignment()
        let majority = table.majorityPrecisionRecall()
        let matched = table.matchedPrecisionRecall(assignment)
        let bcubed = table.bcubed()
        accuracy = table.accuracy(assignment)
        normalizedMutualInformation = table.normalizedMutualInformation()
        geometricNormalizedMutualInformation = table.geometricNormalizedMutualInformation()
        adjustedRandIndex = table.adjustedRandIndex()
        adjustedMutualInformation = table.adjustedMutualInformation()
        purity = table.purity()
        precision = majority.precision
        recall = majority.recall
        f1 = majority.f1
        bcubedPrecision = bcubed.precision
        bcubedRecall = bcubed.recall
        matchedPrecision = matched.precision
        matchedRecall = matched.recall
        matchedF1 = matched.f1
    }
}
