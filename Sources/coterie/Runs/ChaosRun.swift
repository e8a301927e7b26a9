import ArgumentParser
import Chaos
import Dashboard
import Foundation
import Services

/// A command that runs a job on a fleet.
protocol FleetCommand: ParsableCommand {
    /// The command and its options, without those of the fleet and the output.
    var words: [String] { get }
    var fleet: FleetOptions { get }
    var output: OutputOptions { get }
}

extension Kmeans: FleetCommand {}
extension FindNeighbors: FleetCommand {}
extension Nouns: FleetCommand {}
extension Tac: FleetCommand {}
extension Predict: FleetCommand {}
extension Scan: FleetCommand {}

/// The `chaos` command's work.
struct ChaosRun {
    let command: Chaos

    func run() throws {
        let plan = try self.plan()
        let job = try self.job()
        let reference = try command.reference.map { try Self.reference(in: $0, of: job) }
        let folder = try makeFolder()
        let interruption = Interruption()
        let signals = SignalWatch(interruption)
        let suite = ChaosSuite(
            plan,
            job,
            folder: folder,
            patience: command.patience,
            isAskedToStop: { interruption.isRequested },
            say: say
        )
        let record = withExtendedLifetime(signals) { suite.run(reference: reference) }
        let files = try ChaosReports.write(record, to: folder)
        try StandardOutput.write(
            command.json ? try record.json() : ChaosReports.summary(of: record) + "timeline  \(files.timeline)\n"
        )
        if let objection = record.checks.first(where: { !$0.passed }) {
            throw CommandError(.objection, objection.name + ": no", at: objection.detail, fix: "see \(files.timeline)")
        }
    }

    private func say(_ line: String) {
        if !command.progress.quiet && !command.progress.noProgress {
            StandardError.write("chaos: \(line)".onOneLine + "\n")
        }
    }

    private func plan() throws -> Plan {
        var plan: Plan
        if let path = command.plan {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandError(.noInput, "cannot open the plan", at: path, fix: "check the path given as --plan")
            }
            plan = try PlanReader(path: path, points: ExitPoint.allCases.map(\.rawValue))
                .plan(fromYAML: String(decoding: data, as: UTF8.self))
        } else {
            plan = .everything
        }
        plan.seed = command.seed ?? plan.seed
        return plan
    }

    private func job() throws -> ChaosJob {
        let parser = CommandLineParser(environment: ProcessEnvironment.current)
        guard let job = try parser.command(for: command.job) as? any FleetCommand else {
            throw CommandError(.usage, "not a job", at: command.job[0], fix: "name a job, such as kmeans")
        }
        if !job.output.output.isEmpty || job.fleet.listen != nil || job.fleet.inProcess || job.fleet.keys != nil {
            throw CommandError(
                .usage,
                "a job with --output, --listen, --keys or --in-process",
                at: command.job.joined(separator: " "),
                fix: "leave these out: the fleet is coterie chaos's own, and -o stands before the two dashes"
            )
        }
        guard job.fleet.localWorkers >= 1 else {
            throw CommandError(.usage, "no workers", at: "--workers 0", fix: "give at least one")
        }
        var fleet = job.fleet
        fleet.workers = nil
        return ChaosJob(
            executable: Bundle.main.executablePath ?? CommandLine.arguments[0],
            words: job.words,
            fleetWords: fleet.words,
            workers: job.fleet.localWorkers,
            environment: Self.environment,
            exitPoints: ExitPoint.allCases.map(\.rawValue),
            exitStatus: ExitPoint.status
        )
    }

    /// Settings in the environment are in the job's words by now, and are not for workers.
    private static var environment: [String: String] {
        let kept = ["COTERIE_KERNEL", "COTERIE_LOG_LEVEL"]
        return ProcessEnvironment.current.filter { !$0.key.hasPrefix("COTERIE_") || kept.contains($0.key) }
    }

    private func makeFolder() throws -> String {
        let name = command.output ?? "runs/chaos-\(OutputOptions.stamp(.now, in: .current))"
        // Processes are started with it, from wherever.
        let path = name.hasPrefix("/") ? name : FileManager.default.currentDirectoryPath + "/" + name
        let manager = FileManager.default
        if let names = try? manager.contentsOfDirectory(atPath: path), !names.isEmpty {
            throw CommandError(.cannotCreate, "the folder is not empty", at: name, fix: "choose another -o")
        }
        do {
            try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CommandError(.cannotCreate, "cannot create the folder", at: name, fix: "choose another -o")
        }
        return path
    }

    private static func reference(in folder: String, of job: ChaosJob) throws -> ChaosRecord.Run {
        guard let data = FileManager.default.contents(atPath: folder + "/chaos.json") else {
            throw CommandError(.noInput, "no chaos.json", at: folder, fix: "check the path given as --reference")
        }
        guard let record = try? ChaosRecord(json: String(decoding: data, as: UTF8.self)), record.job == job.words,
            record.workers == job.workers, record.faultFree.digest != nil
        else {
            let what = "a suite of another job, or one without a fault-free run"
            throw CommandError(.badData, what, at: folder, fix: "leave out --reference")
        }
        return record.faultFree
    }
}
