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

    func run() throws {
        let inputs = try TextJobInputs(command, resuming: resuming)
        let program = { (text: String) in
            try TextClustering(
                settings: settings(inputs, text: text),
                dataset: inputs.dataset,
                images: inputs.text.images,
                repeated: inputs.repeated
            )
        }
        // Before there is a folder: settings that cannot be are found here.
        _ = try program("")
        let run = try inputs.jobRun([
            "restarts": .integer(restarts), "max-iterations": .integer(command.maxIterations ?? Tac.usualIterations),
        ])
        try run.run(
            iteration: { $0.model.clusters?.history.last.map(RunRecord.Iteration.init) },
            setUp: { folder in
                let sink = try TextSink(
                    folder: folder,
                    texts: inputs.dataset.rows,
                    columns: inputs.dataset.columns,
                    labels: LabelsSink(folder: folder, rows: inputs.dataset.rows, clusters: command.clusters),
                    isResuming: resuming != nil
                )
                return (try program(folder.path(for: TextSink.hiddenName).absolutePath), sink)
            },
            finish: { model, folder in try products(of: model, inputs.text, folder) }
        )
    }

    private var restarts: Int { command.restarts ?? Tac.usualRestarts }

    private func settings(_ inputs: TextJobInputs, text: String) -> TextClustering.Settings {
        TextClustering.Settings(
            choice: inputs.method.settings,
            images: inputs.imagesApart,
            retrieval: Retrieval.Settings(temperature: command.retrievalTemperature),
            text: text,
            clusters: KMeans.Settings(
                clusters: command.clusters,
                initialisation: .seeding(of: command.clusters),
                maximumIterations: command.maxIterations ?? Tac.usualIterations,
                restarts: restarts,
                seed: command.common.seed
            )
        )
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
            temperature: command.retrievalTemperature
        )
        let names = files.chosenNames
        var products = JobRun.Products(
            results: NounFiles.results + ["centroids.npy"],
            companions: NounFiles.companions,
            objective: outcome.objective,
            iterations: outcome.iterations,
            clusters: ClustersRecord(outcome, metric: .cosine, nouns: nouns.map { $0.map { names[$0] } })
        )
        if let clusters = model.clusters {
            let warnings = KMeansWarnings(clusters, on: inputs.images, metric: .cosine, hasTolerance: false)
            products.warnings = warnings.lines(sizes: outcome.sizes)
            products.take(clusters.ended, of: outcome)
        }
        return products
    }
}

extension Matrix {
    /// The rows, cut off after so many columns.
    fileprivate func firstColumns(_ count: Int) -> Matrix {
        Matrix(rows: rows, columns: count, values: (0..<rows).flatMap { row($0).prefix(count) })
    }
}
