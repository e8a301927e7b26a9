import Clustering
import Dashboard
import Shards
import Tensors

/// What the user should know of the clusters that k-means found.
struct KMeansWarnings {
    private let model: KMeans.Model
    private let rows: Dataset
    private let metric: Metric
    private let hasTolerance: Bool

    /// - Parameters:
    ///   - rows: those that the clusters were found on.
    ///   - hasTolerance: whether the command takes `--tolerance`.
    init(_ model: KMeans.Model, on rows: Dataset, metric: Metric, hasTolerance: Bool = true) {
        self.model = model
        self.rows = rows
        self.metric = metric
        self.hasTolerance = hasTolerance
    }

    /// - Parameter sizes: rows of each cluster.
    func lines(sizes: [Int]) -> [String] {
        [restlessness, emptiness(sizes)].compactMap(\.self) + outliers
    }

    private var restlessness: String? {
        guard let outcome = model.outcome, !outcome.ending.isConverged else { return nil }
        let iterations =
            outcome.iterations == 1 ? "1 iteration" : "\(NumberText.grouped(outcome.iterations)) iterations"
        return
            "did not converge in \(iterations); give more --max-iterations\(hasTolerance ? ", or a --tolerance" : "")"
    }

    private func emptiness(_ sizes: [Int]) -> String? {
        let empty = sizes.count { $0 == 0 }
        let state = "\(NumberText.grouped(empty)) \(empty == 1 ? "is" : "are") empty"
        let clusters = NumberText.grouped(sizes.count) + " clusters"
        if let distinct = model.distinctRows, distinct < sizes.count {
            let rows = distinct == 1 ? "1 distinct row" : "\(NumberText.grouped(distinct)) distinct rows"
            return "only \(rows) for \(clusters), of which \(state); give -k \(distinct) or less"
        }
        return empty > 0 ? "of \(clusters) \(state); give a smaller -k" : nil
    }

    /// A row is called far out that is a cluster of its own and longer than this many times the mean length of the rows in
    /// other clusters.
    static let farOut = 20.0
    /// Of such rows that are named.
    private static let most = 5

    /// Rows so far out that each owns a cluster. Under cosine no length counts.
    private var outliers: [String] {
        guard metric == .euclidean, let outcome = model.outcome, let survey = model.survey else { return [] }
        let alone = outcome.sizes.indices.filter { outcome.sizes[$0] == 1 }
        // The centroid of one row is that row.
        let norms = alone.map { outcome.centroids.row($0).reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }
        let others = max(1, survey.rows - alone.count)
        let mean = max(0, survey.meanNorm * Double(survey.rows) - norms.reduce(0, +)) / Double(others)
        let found = zip(alone, norms).filter { $0.1 > Self.farOut * mean }
        let lines = found.prefix(Self.most).compactMap { cluster, norm -> String? in
            guard let row = outcome.nearest[cluster].first?.index else { return nil }
            let place = rows.location(ofRow: row)
            return "cluster \(cluster) is one row far from all others: \(place.path) row \(place.row), of length "
                + "\(NumberText.significant(norm, digits: 3)) where others have \(NumberText.significant(mean, digits: 3))"
        }
        let more = found.count - lines.count
        return more > 0 ? lines + ["\(NumberText.grouped(more)) more clusters are one row far from all others"] : lines
    }
}
