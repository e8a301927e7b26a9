import Clustering
import Dashboard
import Foundation
import Shards
import Tensors

/// The work of the `tac` command where heads are trained.
struct TextTrainingJob {
    let command: Tac
    /// The run to go on with; nil for a new one.
    let resuming: InterruptedRun?

    func run() throws {
        let inputs = try TextJobInputs(command, resuming: resuming)
        let heads = heads(inputs)
        let program = { (text: String, neighbors: FoundNeighbors?) in
            try TextTraining(
                settings: settings(inputs, heads, text: text),
                dataset: inputs.dataset,
                images: inputs.text.images,
                repeated: inputs.repeated,
                neighbors: neighbors
            )
        }
        // Before there is a folder: settings that cannot be are found here.
        _ = try program("", nil)
        let epochs = TrainingClock()
        let run = try inputs.jobRun(record(heads))
        try run.run(
            iteration: { epochs.iteration($0) },
            setUp: { folder in
                let neighbors = FoundNeighbors(in: folder)
                let images = inputs.text.images
                let sink = try TextSink(
                    folder: folder,
                    texts: images.rows,
                    columns: images.columns,
                    labels: LabelsSink(
                        folder: folder,
                        rows: inputs.dataset.rows,
                        clusters: command.clusters,
                        probabilities: command.heads.probabilities
                    ),
                    neighbors: neighbors,
                    isResuming: resuming != nil
                )
                return (try program(folder.path(for: TextSink.hiddenName).absolutePath, neighbors), sink)
            },
            finish: { model, folder in try products(of: model, inputs, heads, folder) }
        )
    }

    private func heads(_ inputs: TextJobInputs) -> TextTraining.Heads {
        command.heads.heads(
            columns: inputs.text.images.columns,
            clusters: command.clusters,
            images: inputs.text.images.rows,
            restarts: command.restarts
        )
    }

    private func settings(
        _ inputs: TextJobInputs,
        _ heads: TextTraining.Heads,
        text: String
    ) -> TextTraining.Settings {
        TextTraining.Settings(
            choice: inputs.method.settings,
            images: inputs.imagesApart,
            retrieval: Retrieval.Settings(temperature: command.retrievalTemperature),
            text: text,
            neighbors: command.heads.neighbors ?? 50,
            heads: heads,
            writesProbabilities: command.heads.probabilities,
            seed: command.common.seed
        )
    }

    private func record(_ heads: TextTraining.Heads) -> [String: JSONValue] {
        var record: [String: JSONValue] = [
            "restarts": .integer(heads.restarts),
            "neighbors": .integer(command.heads.neighbors ?? 50),
            "epochs": .integer(heads.epochs),
            "partners": .string(heads.partners.rawValue),
            "contrast-temperature": .number(heads.objective.contrastTemperature),
            "balance": .number(heads.objective.balance),
            "confidence": .string(heads.objective.confidence.rawValue),
            "probabilities": .boolean(command.heads.probabilities),
        ]
        if heads.partners == .drawn { record["batch-size"] = .integer(heads.batchSize) }
        return record
    }

    private func products(
        of model: TextTraining.Model,
        _ inputs: TextJobInputs,
        _ heads: TextTraining.Heads,
        _ folder: RunFolder
    ) throws -> JobRun.Products {
        guard let choice = model.choice, let outcome = model.labels?.outcome,
            let agreement = model.comparison?.agreement
        else {
            throw CommandError(.internalError, "no outcome", at: "tac", fix: "report this")
        }
        let files = try NounFiles(choice, inputs.text, filter: command.method.filter)
        try files.write(to: folder)
        try HeadFile.write(
            model.heads,
            metadata: ["coterie": Coterie.version, "rows": "cosine"],
            to: folder.path(for: HeadFile.name)
        )
        let nouns = ClusterNouns.best(
            of: outcome.surestMeans(of: inputs.dataset),
            sizes: outcome.sizes,
            nouns: files.selection.unitRows(of: inputs.text.nouns),
            temperature: command.retrievalTemperature
        )
        let names = files.chosenNames
        var products = JobRun.Products(
            results: NounFiles.results + [HeadFile.name],
            companions: NounFiles.companions,
            objective: model.kept.compactMap { model.trainings[$0]?.lastLoss }.min(),
            iterations: heads.epochs,
            clusters: ClustersRecord(outcome, nouns: nouns.map { $0.map { names[$0] } })
        )
        products.restarts = restarts(of: model, agreement)
        return products
    }

    /// How each training came out, by what can be known without a truth.
    private func restarts(of model: TextTraining.Model, _ agreement: HeadAgreement) -> [RunRecord.Restart] {
        let kept = model.kept
        return model.trainings.enumerated().map { number, training in
            RunRecord.Restart(
                restart: number,
                objective: training?.lastLoss,
                balanceGap: training?.lastBalanceGap(clusters: command.clusters),
                agreement: agreement.agreements[number],
                isKept: kept.contains(number)
            )
        }
    }
}

extension HeadModel {
    /// How far the entropies of both heads' mean predictions are from those of clusters of one size.
    fileprivate func lastBalanceGap(clusters: Int) -> Double? {
        lastMean { 2 * log(Double(clusters)) - $0[$0.count - 2] }
    }
}

/// Makes an iteration of each epoch, out of its rounds.
private final class TrainingClock {
    private var seconds = 0.0
    private var last: (restart: Int, epoch: Int)?

    /// The last epoch that ended, with its loss.
    func iteration(_ report: RoundReport<TextTraining.Model>) -> RunRecord.Iteration? {
        if report.round.isOfStep { seconds += report.duration.seconds }
        let trainings = report.model.trainings
        guard let restart = trainings.lastIndex(where: { ($0?.epoch ?? 0) > 0 }), let model = trainings[restart] else {
            return nil
        }
        var spent = 0.0
        if last.map({ $0 != (restart, model.epoch) }) ?? true {
            last = (restart, model.epoch)
            spent = seconds
            seconds = 0
        }
        return RunRecord.Iteration(
            restart: restart,
            iteration: model.epoch,
            objective: model.lastLoss,
            moved: nil,
            seconds: spent,
            rowsPerSecond: nil
        )
    }
}
