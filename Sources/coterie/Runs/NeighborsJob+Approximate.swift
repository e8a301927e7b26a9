import Clustering
import Dashboard
import Services
import Shards
import Tensors

extension NeighborsJob {
    private var options: ApproximationOptions { command.approximation }

    /// The work of `--approximate`.
    func searchApproximately() throws {
        let dataset = try Dataset(path: command.data, blockRows: command.common.blocks.blockRows)
        try resuming?.verify(dataset, as: ApproximateNeighbors.self, command.fleet)
        let centroids = try options.centroids.map { path in
            try resuming.map { try StoredJob.centroids(in: $0.folder) } ?? CentroidsFile.read(path)
        }
        let settings = settings(dataset, centroids)
        var program = try ApproximateNeighbors(settings: settings, dataset: dataset, centroids: centroids)
        let run = try JobRun(
            Neighbors.name,
            dataset: dataset,
            settings: record.merging(record(of: settings)) { own, _ in own },
            words: command.words,
            centroids: centroids,
            resuming: resuming,
            fleet: command.fleet,
            output: command.output,
            common: command.common
        )
        try run.run(
            iteration: Self.iteration,
            setUp: { folder in
                let store = try NeighborStore(for: program.exact, in: folder, isReordered: true)
                program.store = store
                return (program, store)
            },
            finish: { model, _ in
                let recall = try recall(of: model, settings)
                if !command.output.progress.quiet { StandardError.note(recall.sentence) }
                return JobRun.Products(
                    results: [],
                    objective: nil,
                    iterations: model.finishedRounds,
                    clusters: nil,
                    costs: costs(
                        NeighborsCost(of: program, workers: expectedWorkers, threads: command.fleet.threadsOfEach),
                        spills: model.spills
                    ),
                    recall: recall
                )
            }
        )
    }

    private func settings(_ dataset: Dataset, _ centroids: Matrix?) -> ApproximateNeighbors.Settings {
        ApproximateNeighbors.Settings(
            k: command.neighbors,
            metric: command.metric,
            includesSelf: command.includeSelf,
            cells: centroids?.rows ?? options.cells ?? ApproximateNeighbors.usualCells(rows: dataset.rows),
            hasCentroids: centroids != nil,
            probes: options.probes,
            targetRecall: options.targetRecall ?? 0.99,
            seed: command.common.seed
        )
    }

    private func record(of settings: ApproximateNeighbors.Settings) -> [String: JSONValue] {
        var record: [String: JSONValue] = ["approximate": .boolean(true), "cells": .integer(settings.cells)]
        if let centroids = options.centroids { record["centroids"] = .string(centroids) }
        if let probes = settings.probes {
            record["probes"] = .integer(probes)
        } else {
            record["target-recall"] = .number(settings.targetRecall)
        }
        return record
    }

    /// A round of the search counts as an iteration.
    private static func iteration(_ report: RoundReport<ApproximateNeighbors.Model>) -> RunRecord.Iteration? {
        guard report.model.finishedRounds > 0 else { return nil }
        return RunRecord.Iteration(
            restart: 0,
            iteration: report.model.finishedRounds,
            objective: nil,
            moved: nil,
            seconds: nil,
            rowsPerSecond: nil
        )
    }

    private func recall(
        of model: ApproximateNeighbors.Model,
        _ settings: ApproximateNeighbors.Settings
    ) throws -> RunRecord.Recall {
        guard let recall = model.recall, let probes = model.probes else {
            throw CommandError(.internalError, "no recall", at: "neighbors --approximate", fix: "report this")
        }
        return RunRecord.Recall(
            neighbors: settings.k,
            value: recall.value,
            lower: recall.lower,
            upper: recall.upper,
            confidence: RecallEstimate.confidence,
            queries: recall.queries,
            target: settings.probes == nil ? settings.targetRecall : nil,
            probes: probes,
            cells: settings.cells
        )
    }
}

extension RunRecord.Recall {
    /// What was measured, and no more.
    var sentence: String {
        let interval = "\(Self.rounded(lower, up: false)) to \(Self.rounded(upper, up: true))"
        let share = "\(Int((confidence * 100).rounded())) %"
        let missed = target.map { value < $0 ? "; the target of \($0.short) was missed" : "" } ?? ""
        return "recall@\(neighbors) \(Self.rounded(value, up: false)), \(share) interval \(interval), measured on "
            + "\(queries) held-out rows; \(probes) of \(cells) cells searched for each row\(missed)"
    }

    /// Four digits after the point; outwards, so that the interval never looks narrower than it is.
    private static func rounded(_ value: Double, up: Bool) -> String {
        ((value * 10_000).rounded(up ? .up : .down) / 10_000).short
    }
}
