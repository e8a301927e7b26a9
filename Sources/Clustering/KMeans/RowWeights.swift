package import Shards
import Tensors

/// How much each row counts: a row of weight n has the part in sums, objective and draws that n equal rows would have, and
/// one of weight 0 has none.
///
/// Weights travel as a dataset of one column beside the rows, which workers map as they do these.
package struct RowWeights: Sendable {
    /// What a worker must know of the weights to use them, all but the weights themselves.
    package struct Description: Codable, Sendable, Equatable {
        package var file: DatasetDescription
        package var sha256: String
        /// Correctly rounded.
        package var total: Double
        package var greatest: Double
        /// A power of two that every weight is a multiple of.
        package var leastBit: Double
        /// Whether all are integers.
        package var areWhole: Bool
    }

    package let description: Description
    private let dataset: Dataset

    /// Opens the weights of a dataset's rows.
    /// - Throws: `.badData` where the file cannot be opened or is not the one described.
    init(_ description: Description, of rows: Dataset) throws(ClusteringError) {
        self.description = description
        let digest: String
        do {
            dataset = try Dataset(description: description.file)
            digest = try Digest.hexadecimal(ofFile: description.file.path)
        } catch {
            throw ClusteringError(.badData, error.description)
        }
        guard dataset.rows == rows.rows, dataset.columns == 1, digest == description.sha256 else {
            throw ClusteringError(.badData, "other weights: \(dataset.path); mount or copy the same files here")
        }
    }

    /// Writes weights where workers find them.
    /// - Throws: `ClusteringError.Code.badData` where there is not one for each row, or fewer than `clusters` rows have any;
    ///   `ShardError` where they cannot be written.
    package static func store(
        _ weights: [Double],
        from source: String,
        of rows: Dataset,
        clusters: Int,
        at path: String
    ) throws -> Description {
        try check(weights, from: source, of: rows, clusters: clusters)
        try NumpyWriter.write(weights, rows: weights.count, columns: 1, to: path)
        var total = ExactTotal()
        total.add(contentsOf: weights.span)
        return Description(
            file: try Dataset(path: path, blockRows: rows.blockRows).description,
            sha256: try Digest.hexadecimal(ofFile: path),
            total: total.value,
            greatest: weights.max() ?? 0,
            leastBit: weights.filter { $0 > 0 }.map(Self.leastBit).min() ?? 1,
            areWhole: weights.allSatisfy { $0 == $0.rounded() }
        )
    }

    /// Refuses weights that do not suit the rows.
    /// - Throws: as `store`.
    package static func check(_ weights: [Double], from source: String, of rows: Dataset, clusters: Int) throws {
        guard weights.count == rows.rows else {
            throw ClusteringError(
                .badData,
                "\(weights.count) weights for \(rows.rows) rows: \(source); give one for each row of \(rows.path)"
            )
        }
        let positive = weights.count { $0 > 0 }
        guard positive >= clusters else {
            throw ClusteringError(
                .badData,
                "fewer rows with a weight than clusters: \(positive) of \(clusters) in \(source); ask for fewer clusters"
            )
        }
    }

    private static func leastBit(of weight: Double) -> Double {
        weight.ulp * Double(UInt64(1) << UInt64(min(52, weight.significandBitPattern.trailingZeroBitCount)))
    }

    /// How many rows of weight 1 these stand for, which the quanta of rounded sums follow from.
    var terms: Int { Int(min(max(description.total.rounded(.up), 1), 0x1p36)) }

    subscript(rows: Range<Int>) -> [Double] {
        var weights = [Double](repeating: 0, count: rows.count)
        var span = weights.mutableSpan
        dataset.read(rows: rows, into: &span)
        return weights
    }

    /// So many different rows, each drawn by its weight among those that are left; the first are the first drawn.
    ///
    /// A race, as in `KMeans.Race`.
    func drawnRows(_ count: Int, _ random: CounterRandom) -> [Int] {
        let times = self[0..<dataset.rows].enumerated().compactMap { row, weight -> (time: Double, row: Int)? in
            var draws = random.draws(forRow: UInt64(row))
            return weight > 0 ? (draws.exponential() / weight, row) : nil
        }
        return times.sorted { $0 < $1 }.prefix(count).map(\.row)
    }
}

extension KMeans {
    /// How many rows meet in one total, as far as the quanta of sums are concerned.
    var terms: Int { weights?.terms ?? dataset.rows }

    /// The weights of some rows; nil where all count alike.
    func weights(of rows: Range<Int>) -> [Double]? { weights?[rows] }

    /// The rule for sums of rows, or of weighted rows where there are weights.
    func sumRule(_ rule: SumRule) throws -> SumRule {
        guard let weights else { return rule }
        return try rule.weighted(
            greatest: weights.description.greatest,
            leastBit: weights.description.leastBit,
            terms: 2 * dataset.rows
        )
    }

    /// The columns of sums of rows of so many columns: one more for the weights.
    func sumColumns(_ columns: Int) -> Int { weights == nil ? columns : columns + 1 }
}

extension FixedPointSums {
    /// Adds rows, by their weights where there are any.
    mutating func add(
        _ rows: ExactRows,
        weights: [Double]?,
        labels: [Int32],
        whichHad before: [Int32]? = nil,
        roundedBy rule: SumRule
    ) {
        if let weights {
            add(rows, weights: weights, labels: labels, whichHad: before, roundedBy: rule)
        } else {
            add(rows, labels: labels, whichHad: before)
        }
    }
}

extension ExactTotal {
    /// Adds numbers, each as often as its weight says where there are weights.
    mutating func add(_ numbers: [Double], weights: [Double]?) {
        guard let weights else { return add(contentsOf: numbers.span) }
        for (number, weight) in zip(numbers, weights) where weight > 0 { add(product: number, weight) }
    }
}
