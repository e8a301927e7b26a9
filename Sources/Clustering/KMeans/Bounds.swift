import Shards
import Tensors

/// What the exact sums of a run must hold; the coordinator knows it from the survey, workers are told.
struct Bounds {
    static let name = "bounds"

    /// Of |x|, as rows are added up.
    let value: Double
    /// No value of a row has a bit below it that is wanted.
    let leastBit: Double
    /// Of ‖x‖, as rows are compared with centroids.
    let norm: Double

    init(_ survey: SurveyResult, metric: Metric, dataset: Dataset) {
        switch metric {
        case .cosine:
            value = 1
            norm = 1
            // The least value that a unit row can have, to the 24 bits that are kept of it.
            let least = survey.least / (survey.greatestNorm * Double(dataset.rowParts).squareRoot())
            leastBit = least > 0 ? least * 0x1p-24 : 1
        case .euclidean:
            value = survey.largest
            norm = survey.greatestNorm
            leastBit = survey.leastBit(of: dataset.elementType)
        }
    }

    init(_ round: Round) throws {
        let numbers = try round.parameter(Self.name).array.doubles(count: 3)
        guard numbers[1] > 0 else { throw round.missing(Self.name) }
        (value, leastBit, norm) = (numbers[0], numbers[1], numbers[2])
    }

    var array: NamedArray { NamedArray(Self.name, [value, leastBit, norm]) }

    /// The rule for sums of rows.
    func sumRule(_ metric: Metric, terms: Int) throws -> SumRule {
        // A row that goes from one cluster to another counts twice.
        try SumRule(bound: value, leastBit: leastBit, terms: 2 * terms, isRounded: metric == .cosine)
    }

    /// The rule for sums of how close rows are to their centroids: similarities, or distances, which are rounded either way.
    func closenessRule(_ metric: Metric, centroids: Matrix, terms: Int) throws -> SumRule {
        let greatest = (centroids.squaredNorms.max() ?? 0).squareRoot()
        return try SumRule(
            bound: metric == .cosine ? 1 : norm + greatest,
            leastBit: Double(Float.leastNonzeroMagnitude),
            terms: terms,
            isRounded: true
        )
    }
}
