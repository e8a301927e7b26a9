import Clustering
import Dashboard
import Shards
import Tensors

/// The `predict` command's work.
struct PredictJob {
    let command: Predict
    /// The run to go on with; nil for a new one.
    let resuming: InterruptedRun?

    private var metric: Metric { command.metric ?? HeadPlace(path: command.head).metric ?? .cosine }

    func run() throws {
        // A folder without a head is found here.
        _ = try HeadPlace(path: command.head).file()
        try command.isByHead ? HeadPredictJob(command: command, resuming: resuming).run() : runByCentroids()
    }

    private func runByCentroids() throws {
        let dataset = try Dataset(path: command.data, blockRows: command.common.blocks.blockRows)
        try resuming?.verify(dataset, as: Labelling.self, command.fleet)
        let centroids =
            try resuming.map { try StoredJob.centroids(in: $0.folder) } ?? CentroidsFile.read(command.headFile)
        var program = try Labelling(
            settings: Labelling.Settings(metric: metric, temperature: temperature),
            dataset: dataset
        )
        program.centroids = centroids
        let run = try JobRun(
            "predict",
            dataset: dataset,
            settings: record,
            words: command.words,
            centroids: centroids,
            resuming: resuming,
            fleet: command.fleet,
            output: command.output,
            common: command.common
        )
        try run.run(
            iteration: { _ in nil },
            setUp: { folder in
                let sink = try LabelsSink(
                    folder: folder,
                    rows: dataset.rows,
                    clusters: centroids.rows,
                    probabilities: temperature != nil
                )
                return (program, sink)
            },
            finish: { _, _ in JobRun.Products(results: [], objective: nil, iterations: 0, clusters: nil) }
        )
    }

    /// Nil when no probabilities are wanted.
    private var temperature: Double? {
        command.labelsOnly ? nil : command.temperature ?? (metric == .cosine ? 0.01 : 1)
    }

    private var record: [String: JSONValue] {
        var record: [String: JSONValue] = [
            "head": .string(command.headFile),
            "metric": .string(metric.rawValue),
            "labels-only": .boolean(command.labelsOnly),
        ]
        if let temperature { record["temperature"] = .number(temperature) }
        return record
    }
}
