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
        let settings = method.settings(
            rows: method.sample ?? dataset.rows,
            columns: dataset.columns,
            seed: command.common.seed
        )
        if let rows = method.sample {
            try run(settings, sampleRows: rows, of: dataset)
        } else {
            try run(settings, on: dataset)
        }
    }

    /// On all rows.
    private func run(_ settings: KMeans.Settings, on dataset: Dataset) throws {
        var program = try KMeans(settings: settings, dataset: dataset)
        try resuming?.verify(dataset, as: KMeans.self, command.fleet)
        program.initialCentroids = try givenCentroids()
        let weights = try weights(of: dataset)
        let images = try imageList(rows: dataset.rows)
        try jobRun(dataset, settings, program.initialCentroids).run(
            iteration: { $0.model.history.last.map(RunRecord.Iteration.init) },
            setUp: { folder in
                if let weights { try program.weigh(by: weights, from: method.weights ?? "", in: folder) }
                return (program, try LabelsSink(folder: folder, rows: dataset.rows, clusters: method.clusters))
            },
            finish: { model, folder in
                try products(Found(model, on: dataset), labels: model.outcome, in: folder, images: images)
            }
        )
    }

    /// On a sample of the rows, of which all get labels.
    private func run(_ settings: KMeans.Settings, sampleRows: Int, of dataset: Dataset) throws {
        var program = try SampledKMeans(
            settings: SampledKMeans.Settings(clusters: settings, sampleRows: sampleRows),
            dataset: dataset
        )
        try resuming?.verify(dataset, as: SampledKMeans.self, command.fleet)
        program.initialCentroids = try givenCentroids()
        let images = try imageList(rows: dataset.rows)
        let sample = program.sample
        try jobRun(dataset, settings, program.initialCentroids).run(
            iteration: { $0.model.sample?.history.last.map(RunRecord.Iteration.init) },
            setUp: { (program, try LabelsSink(folder: $0, rows: dataset.rows, clusters: method.clusters)) },
            finish: { model, folder in
                let found = Found(model.sample, on: sample)
                var products = try products(found, labels: model.all?.outcome, in: folder, images: images)
                if let objective = found.outcome?.objective, let all = products.objective {
                    products.sample = RunRecord.Sample(rows: sampleRows, objective: objective, objectiveOfAll: all)
                }
                return products
            }
        )
    }

    private func givenCentroids() throws -> Matrix? {
        guard case .file(let path) = method.`init` else { return nil }
        return try resuming.map { try StoredJob.centroids(in: $0.folder) } ?? CentroidsFile.read(path)
    }

    private func imageList(rows: Int) throws -> ImageList? {
        try method.images.map { try ImageList(path: $0, rows: rows) }
    }

    private func jobRun(_ dataset: Dataset, _ settings: KMeans.Settings, _ centroids: Matrix?) throws -> JobRun {
        try JobRun(
            KMeans.name,
            dataset: dataset,
            settings: record(settings),
            words: command.words,
            centroids: centroids,
            lists: method.weights.map { [InputFile(path: $0, rows: dataset.rows)] } ?? [],
            resuming: resuming,
            fleet: command.fleet,
            output: command.output,
            common: command.common
        )
    }

    /// The weights of the rows, from the folder of a run that goes on; nil where all count alike.
    private func weights(of dataset: Dataset) throws -> [Double]? {
        guard let path = method.weights else { return nil }
        let weights = try WeightsFile.read(resuming?.folder.path(for: StoredJob.weightsName) ?? path)
        try RowWeights.check(weights, from: path, of: dataset, clusters: method.clusters)
        return weights
    }

    private func record(_ settings: KMeans.Settings) -> [String: JSONValue] {
        let start = method.`init`.isGiven ? method.`init`.description : settings.initialisation.rawValue
        var record: [String: JSONValue] = [
            "k": .integer(settings.clusters),
            "metric": .string(settings.metric.rawValue),
            "init": .string(start),
            "max-iterations": .integer(settings.maximumIterations),
            "tolerance": .number(settings.tolerance),
            "restarts": .integer(settings.restarts),
        ]
        if let weights = method.weights { record["weights"] = .string(weights) }
        if let rows = method.sample { record["sample"] = .integer(rows) }
        return record
    }

    /// What k-means found, and the rows that it found it on.
    private struct Found {
        let model: KMeans.Model?
        let rows: Dataset

        init(_ model: KMeans.Model?, on rows: Dataset) {
            self.model = model
            self.rows = rows
        }

        var outcome: KMeans.Outcome? { model?.outcome }
    }

    /// - Parameter labels: of all rows.
    private func products(
        _ found: Found,
        labels: KMeans.Outcome?,
        in folder: RunFolder,
        images: ImageList?
    ) throws -> JobRun.Products {
        guard let model = found.model, let outcome = found.outcome, let labels else {
            throw CommandError(.internalError, "no outcome", at: "kmeans", fix: "report this")
        }
        try folder.write(labels.centroids, to: "centroids.npy")
        let clusters = ClustersRecord(labels, metric: method.metric)
        var products = JobRun.Products(
            results: ["centroids.npy"],
            objective: labels.objective,
            iterations: outcome.iterations,
            clusters: clusters,
            gallery: try images.map { try Gallery(of: clusters, images: $0).images } ?? []
        )
        let warnings = KMeansWarnings(model, on: found.rows, metric: method.metric)
        products.warnings = warnings.lines(sizes: labels.sizes)
        products.take(model.ended, of: outcome)
        products.automatic = method.automatic
        return products
    }
}

extension JobRun.Products {
    /// How the restarts of k-means ended.
    mutating func take(_ ended: [KMeans.EndedRestart], of outcome: KMeans.Outcome) {
        converged = outcome.ending.isConverged
        restarts = ended.map { restart in
            var record = RunRecord.Restart(
                restart: restart.restart,
                objective: restart.objective,
                balanceGap: nil,
                agreement: nil,
                isKept: restart.restart == outcome.restart
            )
            record.iterations = restart.iterations
            record.ended = restart.ending.rawValue
            return record
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
