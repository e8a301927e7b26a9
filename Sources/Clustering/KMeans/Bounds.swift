import Tensors

/// What bounds the addends of a round's exact sums; the coordinator knows it from the survey, workers are told.
struct Bounds {
    static let name = "bounds"

    /// Of |x|.
    let value: Double
    /// Of what a row adds to the objective.
    let objective: Double
    /// Of the similarity or distance of a row to its centroid.
    let closeness: Double

    /// For any centroids that are means of rows, or rows, or of the norms given.
    init(_ survey: SurveyResult, metric: Metric, centroids: Matrix) {
        switch metric {
        case .cosine:
            // Unit vectors of float32: products may exceed 1 by rounding.
            (value, objective, closeness) = (2, 2, 2)
        case .euclidean:
            let greatest = centroids.squaredNorms.max() ?? 0
            // By the triangle inequality; doubled to cover rounding, which costs a bit of the sums' resolution at most.
            let distance = survey.greatestNorm + greatest.squareRoot()
            value = survey.largest
            objective = 2 * distance * distance
            closeness = 2 * distance
        }
    }

    init(_ round: Round) throws {
        let numbers = try round.parameter(Self.name).array.doubles(count: 3)
        (value, objective, closeness) = (numbers[0], numbers[1], numbers[2])
    }

    var array: NamedArray { NamedArray(Self.name, [value, objective, closeness]) }
}
