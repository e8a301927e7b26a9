package import Shards
package import Tensors

/// k-means by Lloyd's iterations, spherical under cosine and ordinary under the Euclidean metric; METHODS §1.1.
///
/// Its rounds: survey; for each restart the rounds of seeding, then `assign` until no label changes, with a `farthest`
/// round where a cluster is left without rows; at last `label` with the best restart's centroids.
package struct KMeans: Program {
    /// How the first centroids are found.
    package enum Initialisation: String, Codable, Sendable, CaseIterable {
        /// Rows drawn by their squared distance to those drawn before (Arthur & Vassilvitskii 2007).
        case plusPlus = "k-means++"
        /// The same, but of a few rows drawn the one is taken that leaves rows nearest to what is chosen (the same paper).
        case greedy = "greedy-k-means++"
        /// Many rows drawn at once, then reduced to K (Bahmani et al. 2012).
        case parallel = "k-means-parallel"
        /// Rows drawn uniformly.
        case random
        /// `initialCentroids`.
        case given
    }

    package struct Settings: Codable, Sendable, Equatable {
        /// K, at least 1 and no more than there are rows.
        package var clusters: Int
        package var metric: Metric
        package var initialisation: Initialisation
        /// The most assignments of a restart; at least 1.
        package var maximumIterations: Int
        /// A restart ends when the objective changes by no more than this fraction; 0 for when no label changes.
        package var tolerance: Double
        /// At least 1; the one with the best objective is the result.
        package var restarts: Int
        package var seed: UInt64
        /// Whether the label of every row goes to the sink.
        package var deliversLabels: Bool
        /// Whether a cluster without rows begins anew at the row that is farthest from its centroid; otherwise it keeps its
        /// own, as plain iterations of Lloyd from given centroids do.
        package var relocatesEmptyClusters: Bool
        /// How much each row counts; nil where all count alike.
        package var weights: RowWeights.Description?

        package init(
            clusters: Int,
            metric: Metric = .cosine,
            initialisation: Initialisation = .plusPlus,
            maximumIterations: Int = 300,
            tolerance: Double = 0,
            restarts: Int = 1,
            seed: UInt64 = 0,
            deliversLabels: Bool = true,
            relocatesEmptyClusters: Bool = true,
            weights: RowWeights.Description? = nil
        ) {
            self.clusters = clusters
            self.metric = metric
            self.initialisation = initialisation
            self.maximumIterations = maximumIterations
            self.tolerance = tolerance
            self.restarts = restarts
            self.seed = seed
            self.deliversLabels = deliversLabels
            self.relocatesEmptyClusters = relocatesEmptyClusters
            self.weights = weights
        }
    }

    package static let name = "kmeans"
    package static var dependsOnKernel: Bool { false }

    package let settings: Settings
    package let dataset: Dataset
    let weights: RowWeights?
    /// The coordinator's alone, for `Initialisation.given`: K × columns.
    package var initialCentroids: Matrix?

    /// - Throws: `.usage` for settings out of their range, `.badData` where there are fewer rows than clusters or the weights
    ///   are not those described.
    package init(settings: Settings, dataset: Dataset) throws(ClusteringError) {
        let ranges: [(isInside: Bool, what: String)] = [
            (settings.clusters >= 1, "clusters: \(settings.clusters); give at least 1"),
            (settings.maximumIterations >= 1, "iterations: \(settings.maximumIterations); give at least 1"),
            (settings.restarts >= 1, "restarts: \(settings.restarts); give at least 1"),
            (
                settings.restarts == 1 || settings.initialisation != .given,
                "restarts: \(settings.restarts) from given centroids are all alike; give 1"
            ),
            (settings.tolerance >= 0, "tolerance: \(settings.tolerance); give 0 or more"),
        ]
        for range in ranges where !range.isInside {
            throw ClusteringError(.usage, "setting out of range, \(range.what)")
        }
        guard settings.clusters <= dataset.rows else {
            throw ClusteringError(
                .badData,
                "more clusters than rows: \(settings.clusters) clusters of the \(dataset.rows) rows of \(dataset.path); "
                    + "ask for fewer clusters"
            )
        }
        self.settings = settings
        self.dataset = dataset
        if let description = settings.weights {
            weights = try RowWeights(description, of: dataset)
        } else {
            weights = nil
        }
    }

    package func makeMemory() -> KMeansMemory { KMeansMemory() }
}
