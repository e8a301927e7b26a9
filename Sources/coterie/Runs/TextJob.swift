import Clustering
import Dashboard
import Foundation
import Shards
import Tensors

/// The `tac` command's work.
struct TextJob {
    let command: Tac
    /// The run to go on with; nil for a new one.
    let resuming: InterruptedRun?

    /// Nouns that are named of each cluster.
    private static let namedNouns = 8

    func run() throws {
        let blockRows = command.common.blocks.blockRows
        let inputs = try TextInputs(
            images: command.images,
            nouns: command.nouns,
            names: command.method.names,
            blockRows: blockRows
        )
        let other = try command.apply.map { try Dataset(path: $0, blockRows: blockRows) }
        if let other { try inputs.requireOneKind(other) }
        let dataset = other ?? inputs.images
        let others = (other == nil ? [] : [inputs.images]) + [inputs.nouns]
        try resuming?.verify(dataset, others: others, allowsMixed: command.fleet.allowMixed)
        let method = NounMethod(
            options: command.method,
            images: inputs.images,
            nouns: inputs.nouns,
            clusters: command.clusters,
            seed: command.common.seed
        )
        let program = { (text: String) in
            try TextClustering(
                settings: settings(method, text: text),
                dataset: dataset,
                images: inputs.images,
                repeated: command.method.keepDuplicates ? [] : inputs.names.repeated
            )
        }
        // Before there is a folder: settings that cannot be are found here.
        _ = try program("")
        let run = try JobRun(
            TextClustering.name,
            dataset: dataset,
            settings: record(method, inputs.names),
            words: command.words,
            others: others,
            lists: inputs.lists,
            resuming: resuming,
            fleet: command.fleet,
            output: command.output,
            common: command.common
        )
        try run.run(
            iteration: { $0.model.clusters?.history.last.map(RunRecord.Iteration.init) },
            setUp: { folder in
                let sink = try TextSink(
                    folder: folder,
                    rows: dataset.rows,
                    columns: dataset.columns,
                    clusters: command.clusters,
                    isResuming: resuming != nil
                )
                return (try program(folder.path(for: TextSink.hiddenName).absolutePath), sink)
            },
            finish: { model, folder in try products(of: model, inputs, folder) }
        )
    }

    private func settings(_ method: NounMethod, text: String) -> TextClustering.Settings {
        TextClustering.Settings(
            choice: method.settings,
            images: command.apply == nil ? nil : method.images.description,
            retrieval: Retrieval.Settings(temperature: command.retrievalTemperature),
            text: text,
            clusters: KMeans.Settings(
                clusters: command.clusters,
                initialisation: .seeding(of: command.clusters),
                maximumIterations: command.maxIterations,
                restarts: command.restarts,
                seed: command.common.seed
            )
        )
    }

    private func record(_ method: NounMethod, _ names: NounNames) -> [String: JSONValue] {
        var record = method.record(names: names)
        record["k"] = .integer(command.clusters)
        record["no-train"] = .boolean(command.noTrain)
        record["retrieval-temperature"] = .number(command.retrievalTemperature)
        record["restarts"] = .integer(command.restarts)
        record["max-iterations"] = .integer(command.maxIterations)
        if let apply = command.apply { record["apply"] = .string(apply) }
        return record
    }

    private func products(
        of model: TextClustering.Model,
        _ inputs: TextInputs,
        _ folder: RunFolder
    ) throws -> JobRun.Products {
        guard let choice = model.choice, let outcome = model.clusters?.outcome else {
            throw CommandError(.internalError, "no outcome", at: "tac", fix: "report this")
        }
        let files = try NounFiles(choice, inputs, filter: command.method.filter)
        try files.write(to: folder)
        try folder.write(outcome.centroids, to: "centroids.npy")
        let nouns = ClusterNouns.best(
            of: outcome.centroids.firstColumns(inputs.nouns.columns),
            sizes: outcome.sizes,
            nouns: files.selection.unitRows(of: inputs.nouns),
            temperature: command.retrievalTemperature,
            count: Self.namedNouns
        )
        let names = files.chosenNames
        return JobRun.Products(
            results: NounFiles.results + ["centroids.npy"],
            companions: NounFiles.companions,
            objective: outcome.objective,
            iterations: outcome.iterations,
            clusters: ClustersRecord(outcome, metric: .cosine, nouns: nouns.map { $0.map { names[$0] } })
        )
    }
}

extension Matrix {
    /// The rows, cut off after so many columns.
    fileprivate func firstColumns(_ count: Int) -> Matrix {
        Matrix(rows: rows, columns: count, values: (0..<rows).flatMap { row($0).prefix(count) })
    }
}
