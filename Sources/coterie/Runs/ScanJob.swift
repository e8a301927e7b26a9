import Clustering
import Dashboard
import Foundation
import Shards
import Tensors

/// The `scan` command's work.
struct ScanJob {
    let command: Scan
    /// The run to go on with; nil for a new one.
    let resuming: InterruptedRun?

    private var method: ScanOptions { command.method }

    func run() throws {
        let blockRows = command.common.blocks.blockRows
        let images = try Dataset(path: command.data, blockRows: blockRows)
        let other = try command.apply.map { try Dataset(path: $0, blockRows: blockRows) }
        if let other { try requireOneKind(images, other) }
        let views = try [command.views.strongView, command.views.weakView].compactMap(\.self).map {
            try Dataset(path: $0, blockRows: blockRows)
        }
        let dataset = other ?? images
        let others = (other == nil ? [] : [images]) + views
        try resuming?.verify(dataset, others: others, as: ScanClustering.self, command.fleet)
        let settings = settings(images, views)
        // Before there is a folder: what cannot be is found here.
        try check(settings, images)
        let given = try method.neighborsFile.map { try NeighborFile(given: $0, rows: images.rows) }
        let epochs = EpochClock()
        let run = try JobRun(
            ScanClustering.name,
            dataset: dataset,
            settings: record,
            words: command.words,
            others: others,
            lists: method.neighborsFile.map { [InputFile(path: $0, rows: images.rows)] } ?? [],
            resuming: resuming,
            fleet: command.fleet,
            output: command.output,
            common: command.common
        )
        try run.run(
            iteration: { epochs.iteration($0) },
            setUp: { folder in
                let found = FoundNeighbors(in: folder)
                let program = try ScanClustering(
                    settings: settings,
                    dataset: dataset,
                    images: images,
                    neighbors: given.map { ScanNeighbors.given($0) } ?? .found(found)
                )
                let sink = try ScanSink(
                    folder: folder,
                    rows: dataset.rows,
                    clusters: command.clusters,
                    probabilities: command.probabilities,
                    neighbors: found,
                    images: (images.rows, settings.neighbors ?? 1)
                )
                return (program, sink)
            },
            finish: { model, folder in try products(of: model, folder) }
        )
    }

    private func requireOneKind(_ images: Dataset, _ other: Dataset) throws(CommandError) {
        guard images.columns == other.columns else {
            throw CommandError(
                .badData,
                "rows of \(other.columns) columns, where heads learn from \(images.columns)",
                at: other.path,
                fix: "use the same kind of embedding"
            )
        }
    }

    private func check(_ settings: ScanClustering.Settings, _ images: Dataset) throws {
        guard images.rows >= max(2, command.clusters) else {
            throw CommandError(
                .badData,
                "fewer rows than clusters, \(images.rows) of \(command.clusters)",
                at: images.path,
                fix: "ask for fewer clusters"
            )
        }
        if let neighbors = settings.searched {
            _ = try Neighbors(settings: .init(k: neighbors), dataset: images)
            try ScanClustering.check(settings, images)
        }
    }

    private func settings(_ images: Dataset, _ views: [Dataset]) -> ScanClustering.Settings {
        let hidden = method.hidden == 0 ? nil : method.hidden
        return ScanClustering.Settings(
            images: command.apply == nil ? nil : images.description,
            neighbors: method.neighborsFile == nil ? method.neighbors ?? 50 : nil,
            objective: SCANObjective(
                columns: images.columns,
                clusters: command.clusters,
                heads: method.heads,
                hidden: hidden,
                entropyWeight: method.entropyWeight
            ),
            optimiser: ScanOptions.follower(method.optimizer, rate: method.rate),
            epochs: method.epochs,
            batchSize: method.batchSize,
            selfLabel: command.selfLabels.stage(
                columns: images.columns,
                clusters: command.clusters,
                hidden: hidden
            ),
            views: views.count == 2 ? .init(strong: views[0].description, weak: views[1].description) : nil,
            writesProbabilities: command.probabilities,
            seed: command.common.seed
        )
    }

    private var record: [String: JSONValue] {
        var record: [String: JSONValue] = [
            "k": .integer(command.clusters),
            "entropy-weight": .number(method.entropyWeight),
            "heads": .integer(method.heads),
            "hidden": .integer(method.hidden),
            "epochs": .integer(method.epochs),
            "batch-size": .integer(method.batchSize),
            "optimizer": .string(method.optimizer.rawValue),
            "learning-rate": .number(method.rate),
            "probabilities": .boolean(command.probabilities),
            "self-label": .boolean(command.selfLabels.selfLabel),
        ]
        if let file = method.neighborsFile {
            record["neighbors-file"] = .string(file)
        } else {
            record["neighbors"] = .integer(method.neighbors ?? 50)
        }
        if let view = command.views.strongView { record["strong-view"] = .string(view) }
        if let view = command.views.weakView { record["weak-view"] = .string(view) }
        if let apply = command.apply { record["apply"] = .string(apply) }
        if let stage = command.selfLabels.stage(columns: 1, clusters: 1, hidden: nil) {
            record["threshold"] = .number(stage.objective.threshold)
            record["self-label-epochs"] = .integer(stage.epochs)
            record["self-label-rate"] = .number(command.selfLabels.selfLabelRate ?? 1e-4)
            record["averaging"] = .number(command.selfLabels.averaging ?? 0)
            record["dropout"] = .number(stage.objective.augmentation.dropout)
            record["noise"] = .number(stage.objective.augmentation.noise)
            record["unbalanced"] = .boolean(command.selfLabels.unbalanced)
        }
        return record
    }

    private func products(of model: ScanClustering.Model, _ folder: RunFolder) throws -> JobRun.Products {
        guard let head = model.head, let chosen = model.chosen, let outcome = model.labels?.outcome else {
            throw CommandError(.internalError, "no outcome", at: "scan", fix: "report this")
        }
        try HeadFile.write(
            [head],
            metadata: ["coterie": Coterie.version, "rows": "cosine"],
            to: folder.path(for: HeadFile.name)
        )
        return JobRun.Products(
            results: [HeadFile.name],
            objective: chosen.head.judgement.loss,
            iterations: chosen.head.epoch + 1,
            clusters: ClustersRecord(outcome),
            warnings: warnings(of: model, chosen)
        )
    }

    private func warnings(of model: ScanClustering.Model, _ chosen: (attempt: Int, head: ChosenHead)) -> [String] {
        var warnings: [String] = []
        if chosen.head.judgement.isCollapsed {
            warnings.append("heads collapsed to few clusters at every rate; try --learning-rate or --hidden")
        } else if let paired = model.paired, paired.chosen?.judgement.isCollapsed == true {
            warnings.append("the head collapsed to few clusters by the views' neighbours; that stage was left out")
        } else if let attempt = model.attemptsNeeded, attempt > 0 {
            let rate = method.rate / pow(Double(ScanClustering.slowdown), Double(attempt))
            warnings.append("heads collapsed to few clusters; trained again at a rate of \(Float(rate))")
        }
        if let labels = model.selfLabels {
            if labels.history.allSatisfy({ $0.first == 0 }) {
                warnings.append("no label was sure enough to learn from; try a lower --threshold")
            } else if !model.keepsSelfLabels {
                warnings.append("the head collapsed to few clusters by its own labels; that stage was left out")
            }
        }
        return warnings
    }
}

extension ClustersRecord {
    /// - Parameter nouns: of each cluster, best first; nil for a job without nouns.
    init(_ outcome: HeadLabelling.Outcome, nouns: [[String]]? = nil) {
        self.init(
            clusters: outcome.sizes.indices.map { cluster in
                Cluster(
                    cluster: cluster,
                    size: outcome.sizes[cluster],
                    confidence: outcome.sizes[cluster] == 0 ? nil : outcome.confidence[cluster],
                    nearest: outcome.nearest[cluster].map(\.index),
                    nouns: nouns?[cluster]
                )
            }
        )
    }
}

/// Makes an iteration of each epoch, out of its rounds.
private final class EpochClock {
    private var seconds = 0.0
    private var last: (part: Int, epoch: Int)?

    /// The last epoch that ended, with the mean loss of its heads on the rows held out.
    func iteration(_ report: RoundReport<ScanClustering.Model>) -> RunRecord.Iteration? {
        if report.round.isOfStep { seconds += report.duration.seconds }
        let parts = report.model.attempts + [report.model.paired, report.model.selfLabels]
        guard let part = parts.lastIndex(where: { $0?.validation.isEmpty == false }), let model = parts[part] else {
            return nil
        }
        let epoch = model.validation.count
        if last.map({ $0 != (part, epoch) }) ?? true {
            last = (part, epoch)
            defer { seconds = 0 }
            return entry(part, model, seconds: seconds)
        }
        return entry(part, model, seconds: 0)
    }

    private func entry(_ part: Int, _ model: HeadModel, seconds: Double) -> RunRecord.Iteration {
        let losses = model.validation.last?.map(\.loss) ?? []
        return RunRecord.Iteration(
            restart: part,
            iteration: model.validation.count,
            objective: losses.reduce(0, +) / Double(max(losses.count, 1)),
            moved: nil,
            seconds: seconds,
            rowsPerSecond: nil
        )
    }
}
