import ArgumentParser
import Dashboard
import Foundation
import Shards

/// The `resume` command's work.
struct ResumeRun {
    let command: Resume

    func run() throws {
        let folder = try open()
        guard let interrupted = try InterruptedRun(in: folder) else { return try show(folder) }
        switch try self.command(of: interrupted) {
        case let kmeans as Kmeans: try KMeansJob(command: kmeans, resuming: interrupted).run()
        case let predict as Predict: try PredictJob(command: predict, resuming: interrupted).run()
        case let neighbors as FindNeighbors: try NeighborsJob(command: neighbors, resuming: interrupted).run()
        case let nouns as Nouns: try NounsJob(command: nouns, resuming: interrupted).run()
        case let tac as Tac where tac.noTrain: try TextJob(command: tac, resuming: interrupted).run()
        case let tac as Tac: try TextTrainingJob(command: tac, resuming: interrupted).run()
        case let scan as Scan: try ScanJob(command: scan, resuming: interrupted).run()
        default: throw notUnderstood(folder)
        }
    }

    private func open() throws -> RunFolder {
        let path = command.folder
        if FileManager.default.isFolder(atPath: path) == true, !RunFolder.isRun(at: path) {
            throw CommandError(.badData, "not a run's folder", at: path, fix: "name the folder of an interrupted run")
        }
        return try RunFolder.open(at: path)
    }

    /// The command that began the run, with the fleet that is asked for now.
    private func command(of run: InterruptedRun) throws -> any ParsableCommand {
        let isAsked = try command.fleet.words != FleetOptions.parse([]).words
        let fleet = isAsked ? command.fleet.words : run.job.fleet
        let shown = command.progress.words + (command.json ? ["--json"] : [])
        do {
            return try Coterie.parseAsRoot(run.job.words + fleet + shown + ["--output", run.folder.path])
        } catch {
            throw notUnderstood(run.folder)
        }
    }

    private func notUnderstood(_ folder: RunFolder) -> CommandError {
        CommandError(.badData, "job not understood", at: folder.path, fix: "start the job again with --overwrite")
    }

    /// Says what came of a run that has ended.
    private func show(_ folder: RunFolder) throws {
        guard FileManager.default.fileExists(atPath: folder.path(for: "run.json")) else {
            throw CommandError(
                .badData,
                "the run never began",
                at: folder.path,
                fix: "start the job again with --overwrite"
            )
        }
        let record = try StoredRun(folder: folder.path).record
        guard record.status == .done else {
            throw CommandError(
                .badData,
                "nothing to go on from",
                at: folder.path,
                fix: "start the job again with --overwrite"
            )
        }
        try StoredJob.remove(from: folder)
        try StandardOutput.write(command.json ? try record.json() + "\n" : RunSummary.text(record))
    }
}
