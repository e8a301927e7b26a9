import Clustering
import Dashboard
import Shards
import Tensors

/// The `kmeans` command's work.
struct KMeansJob {
    let command: Kmeans
    /// The run to go on with; nil for a new one.
    let resuming: InterruptedRun?

    private var method: KmeansOptions { command.method }

    func run() throws {
        let dataset = try Dataset(path: command.data, blockRows: command.common.blocks.blockRows)
        var program = try KMeans(settings: settings, dataset: dataset)
        try resuming?.verify(dataset, allowsMixed: command.fleet.allowMixed)
        if case .file(let path) = method.`init` {
            program.initialCentroids =
                try resuming.map { try StoredJob.centroids(in: $0.folder) }
                ?? CentroidsFile.read(path)
        }
        let weights = try weights(of: dataset)
        let images = try method.images.map { try ImageList(path: $0, rows: dataset.rows) }
        let run = try JobRun(
            KMeans.name,
            dataset: dataset,
            settings: record,
            words: command.words,
            centroids: program.initialCentroids,
            lists: method.weights.map { [InputFile(path: $0, rows: dataset.rows)] } ?? [],
            resuming: resuming,
            fleet: command.fleet,
            output: command.output,
            common: command.common
        )
        try run.run(
            iteration: { $0.model.history.last.map(RunRecord.Iteration.init) },
            setUp: { folder in
                if let weights { try program.weigh(by: weights, from: method.weights ?? "", in: folder) }
                return (program, try LabelsSink(folder: folder, rows: dataset.rows, clusters: method.clusters))
            },
            finish: { model, folder in try products(of: model, in: folder, images: images) }
        )
    }

    /// The weights of the rows, from the folder of a run that goes on; nil where all count alike.
    private func weights(of dataset: Dataset) throws -> [Double]? {
        guard let path = method.weights else { return nil }
        let weights = try WeightsFile.read(resuming?.folder.path(for: StoredJob.weightsName) ?? path)
        try RowWeights.check(weights, from: path, of: dataset, clusters: method.clusters)
        return weights
    }

    private var settings: KMeans.Settings {
        KMeans.Settings(
            clusters: method.clusters,
            metric: method.metric,
            initialisation: method.`init`.kind,
            maximumIterations: method.maxIterations,
            tolerance: method.tolerance,
            restarts: method.restarts,
            seed: command.common.seed
        )
    }

    private var record: [String: JSONValue] {
        var record: [String: JSONValue] = [
            "k": .integer(method.clusters),
            "metric": .string(method.metric.rawValue),
            "init": .string(method.`init`.description),
            "max-iterations": .integer(method.maxIterations),
            "tolerance": .number(method.tolerance),
            "restarts": .integer(method.restarts),
        ]
        if let weights = method.weights { record["weights"] = .string(weights) }
        return record
    }

    private func products(
        of model: KMeans.Model,
        in folder: RunFolder,
        images: ImageList?
    ) throws -> JobRun.Products {
        guard let outcome = model.outcome else {
            throw CommandError(.internalError, "no outcome", at: "kmeans", fix: "report this")
        }
        try folder.write(outcome.centroids, to: "centroids.npy")
        let clusters = ClustersRecord(outcome, metric: method.metric)
        return JobRun.Products(
            results: ["centroids.npy"],
            objective: outcome.objective,
            iterations: outcome.iterations,
            clusters: clusters,
            gallery: try images.map { try Gallery(of: clusters, images: $0).images } ?? []
        )
    }
}

extension Initialisation {
    var kind: KMeans.Initialisation {
        switch self {
        case .plusPlus: .plusPlus
        case .parallel: .parallel
        case .random: .random
        case .file: .given
        }
    }
}

extension KMeans {
    /// Makes rows count by weights, which go into the run's folder, where workers read them.
    fileprivate mutating func weigh(by weights: [Double], from source: String, in folder: RunFolder) throws {
        var weighted = settings
        weighted.weights = try RowWeights.store(
            weights,
            from: source,
            of: dataset,
            clusters: settings.clusters,
            at: folder.path(for: StoredJob.weightsName)
        )
        let centroids = initialCentroids
        self = try KMeans(settings: weighted, dataset: dataset)
        initialCentroids = centroids
    }
}

extension RunRecord.Iteration {
    init(_ iteration: KMeans.Iteration) {
        self.init(
            restart: iteration.restart,
            iteration: iteration.iteration,
            objective: iteration.objective,
            moved: iteration.moved,
            seconds: nil,
            rowsPerSecond: nil
        )
    }
}

extension RunFolder {
    /// Writes a matrix as a result of this name.
    func write(_ matrix: Matrix, to name: String) throws(ShardError) {
        try NumpyWriter.write(matrix.values, rows: matrix.rows, columns: matrix.columns, to: path(for: name))
    }
}

extension ClustersRecord {
    /// - Parameter nouns: of each cluster, best first; nil for a job without nouns.
    init(_ outcome: KMeans.Outcome, metric: Metric, nouns: [[String]]? = nil) {
        let clusters = outcome.sizes.indices.map { cluster -> Cluster in
            let nearest = outcome.nearest[cluster]
            let scores = nearest.map { Float($0.score) }
            return Cluster(
                cluster: cluster,
                size: outcome.sizes[cluster],
                weight: outcome.weights?[cluster],
                confidence: outcome.confidence[cluster],
                nearest: nearest.map(\.index),
                nearestSimilarities: metric == .cosine ? scores : nil,
                nearestDistances: metric == .cosine ? nil : scores,
                nouns: nouns?[cluster]
            )
        }
        self.init(clusters: clusters)
    }
}

/// Centroids from a file.
enum CentroidsFile {
    /// - Throws: `ShardError` as for any dataset.
    static func read(_ path: String) throws -> Matrix {
        let file = try Dataset(path: path)
        return Matrix(rows: file.rows, columns: file.columns, values: file.read(rows: 0..<file.rows))
    }
}
