package import Shards
package import Tensors

/// What the survey found.
package struct SurveyResult: Sendable, Equatable {
    /// Rows of a kind: how many there are, and the first of them.
    package struct FoundRows: Sendable, Equatable {
        package let count: Int
        /// Rows of the dataset, ascending, no more than `Survey.listedRows`.
        package let first: [Int]
    }

    /// Rows of the dataset.
    package let rows: Int
    /// Rows with a value that is NaN or infinite, or a float64 beyond float32's range.
    ///
    /// They count in nothing below.
    package let nonFinite: FoundRows
    /// Rows of zeros, or so near to zero that float32 cannot scale them to a unit vector.
    package let zero: FoundRows
    /// The greatest |x|; 0 where no row is finite.
    package let largest: Double
    /// The least |x| that is not 0; 0 where there is none.
    package let least: Double
    package let leastNorm: Double
    package let greatestNorm: Double
    /// The first row of that norm.
    let longestRow: Int?
    /// The mean of the norms, each rounded to 31 bits.
    package let meanNorm: Double

    /// - Throws: `ClusteringError.Code.internalError` where the answer names rows that are not there.
    package init(_ answer: Partial, of dataset: Dataset) throws(ClusteringError) {
        let counts = answer.counts("counts")
        let found = { (name: String, count: Int64) throws(ClusteringError) in
            let entries = try answer.bestIndices(name, below: dataset.rows)
            return FoundRows(count: Int(count), first: entries.map(\.index))
        }
        rows = dataset.rows
        nonFinite = try found("non-finite", counts[0])
        zero = try found("zero", counts[1])
        largest = answer.best("largest")[0].first?.score ?? 0
        least = answer.best("least")[0].first?.score ?? 0
        leastNorm = answer.best("least norm")[0].first?.score ?? 0
        let longest = try answer.bestIndices("greatest norm", below: dataset.rows).first
        greatestNorm = longest?.score ?? 0
        longestRow = longest?.index
        meanNorm = NormHistogram.total(answer.counts("norms")) / Double(max(rows - nonFinite.count, 1))
    }

    /// A power of two that every finite value is a multiple of.
    /// - Parameter type: the one in which values are read. Of float64 nothing is known but the type itself, since the survey
    ///   reads values as float32, which makes 0 of the smallest.
    func leastBit(of type: ElementType) -> Double {
        guard least > 0 else { return 1 }
        let exponent = Int(least.exponent)
        switch type {
        case .float16: return Double(sign: .plus, exponent: max(exponent, -14) - 10, significand: 1)
        case .float32: return Double(sign: .plus, exponent: max(exponent, -126) - 23, significand: 1)
        default: return .leastNonzeroMagnitude
        }
    }

    /// Refuses rows that the metric cannot use.
    /// - Throws: `ClusteringError.Code.badData`, naming the first such row in its file.
    package func validate(for metric: Metric, dataset: Dataset) throws(ClusteringError) {
        if let row = nonFinite.first.first {
            throw Self.refusal("value is not finite", row, nonFinite.count, "remove or repair the row", dataset)
        }
        if metric == .cosine, let row = zero.first.first {
            throw Self.refusal(
                "row has no direction",
                row,
                zero.count,
                "remove it or use --metric euclidean",
                dataset
            )
        }
        try validateNorms(for: metric, dataset: dataset)
    }

    /// What centroids of float32 can be of to full precision, with sums of many rows; and under cosine the factor 1/‖x‖.
    private func validateNorms(for metric: Metric, dataset: Dataset) throws(ClusteringError) {
        let (least, most) = metric == .cosine ? (0, 0x1p120) : (0x1p-100, 0x1p100)
        guard let row = longestRow, greatestNorm > most || (greatestNorm > 0 && greatestNorm < least) else { return }
        let size = greatestNorm > most ? "large" : "small"
        let remedy = "scale the data to ordinary magnitudes"
        throw Self.refusal("values too \(size), the greatest norm is \(greatestNorm)", row, 1, remedy, dataset)
    }

    private static func refusal(
        _ what: String,
        _ row: Int,
        _ count: Int,
        _ remedy: String,
        _ dataset: Dataset
    ) -> ClusteringError {
        let place = dataset.location(ofRow: row)
        let others = count > 1 ? " and \(count - 1) more" : ""
        return ClusteringError(.badData, "\(what): \(place.path) row \(place.row)\(others); \(remedy)")
    }
}
