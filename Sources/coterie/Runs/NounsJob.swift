import Clustering
import Dashboard
import Shards
import Tensors

/// The work of the `nouns` command with images.
struct NounsJob {
    let command: Nouns
    /// The run to go on with; nil for a new one.
    let resuming: InterruptedRun?

    func run() throws {
        guard let images = command.images, let nouns = command.nouns else {
            throw CommandError(.usage, "bad usage", at: "nouns without IMAGES and NOUNS", fix: "give both")
        }
        let blockRows = command.common.blocks.blockRows
        let inputs = try TextInputs(
            images: images,
            nouns: nouns,
            names: command.method.names,
            blockRows: blockRows
        )
        try resuming?.verify(inputs.images, others: [inputs.nouns], as: NounChoice.self, command.fleet)
        let method = NounMethod(
            options: command.method,
            images: inputs.images,
            nouns: inputs.nouns,
            clusters: command.clusters,
            seed: command.common.seed
        )
        let program = try NounChoice(
            settings: method.settings,
            dataset: inputs.images,
            repeated: command.method.keepDuplicates ? [] : inputs.names.repeated
        )
        let run = try JobRun(
            NounChoice.name,
            dataset: inputs.images,
            settings: record(method, inputs.names),
            words: command.words,
            others: [inputs.nouns],
            lists: inputs.lists,
            resuming: resuming,
            fleet: command.fleet,
            output: command.output,
            common: command.common
        )
        try run.run(
            iteration: { $0.model.centres?.history.last.map(RunRecord.Iteration.init) },
            setUp: { _ in (program, NoRows()) },
            finish: { model, folder in try products(of: model, inputs, metric: method.settings.centres.metric, folder) }
        )
    }

    private func record(_ method: NounMethod, _ names: NounNames) -> [String: JSONValue] {
        var record = method.record(names: names)
        if let clusters = command.clusters { record["k"] = .integer(clusters) }
        return record
    }

    private func products(
        of model: NounChoice.Model,
        _ inputs: TextInputs,
        metric: Metric,
        _ folder: RunFolder
    ) throws -> JobRun.Products {
        let files = try NounFiles(model, inputs, filter: command.method.filter)
        try files.write(to: folder)
        try folder.write(files.centres.centroids, to: "centroids.npy")
        return JobRun.Products(
            results: NounFiles.results + ["centroids.npy"],
            companions: NounFiles.companions,
            objective: files.centres.objective,
            iterations: files.centres.iterations,
            clusters: ClustersRecord(files.centres, metric: metric, nouns: files.namesByCluster)
        )
    }
}

/// For a job whose answers have no rows.
private final class NoRows: ResultSink {
    func write(_ values: NamedArray.Values, field: String, firstRow: Int) throws {
        throw ClusteringError(.internalError, "rows that nobody asked for: \(field) at row \(firstRow); report this")
    }

    func commit() -> [String] { [] }
}
