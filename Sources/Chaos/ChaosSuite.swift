import Dashboard
import Foundation

/// A job run twice, the second time under the faults of a plan, and what is to be said about the two.
package struct ChaosSuite {
    private let plan: Plan
    private let job: ChaosJob
    private let folder: String
    /// Seconds without a finished round after which a run counts as hung, and a worker that was asked to go as an orphan.
    private let patience: Double
    private let isAskedToStop: () -> Bool
    private let say: (String) -> Void

    /// - Parameters:
    ///   - folder: for the two runs and the reports; it exists.
    ///   - patience: seconds without a finished round after which a run counts as hung, and a worker that was asked to go as
    ///     an orphan.
    ///   - isAskedToStop: whether somebody wants it all to end.
    ///   - say: takes lines for somebody who waits.
    package init(
        _ plan: Plan,
        _ job: ChaosJob,
        folder: String,
        patience: Double,
        isAskedToStop: @escaping () -> Bool,
        say: @escaping (String) -> Void
    ) {
        self.plan = plan
        self.job = job
        self.folder = folder
        self.patience = patience
        self.isAskedToStop = isAskedToStop
        self.say = say
    }

    /// Whatever comes between, such as a request to stop or a job that fails by itself, the record says what was done up to then,
    /// and that it is not all.
    ///
    /// - Parameter reference: the digest and the seconds of a fault-free run that there is already; nil to run one.
    package func run(reference: ChaosRecord.Run?) -> ChaosRecord {
        let started = Date.now
        var first = FleetRun.Outcome(folder: folder)
        if let reference { first.run = reference } else { first = perform("fault-free", faults: []) }
        let faultFree = first.run
        if let failure = first.aborted ?? first.hang ?? first.unexpected.first ?? first.withoutDigest {
            first.aborted = first.aborted ?? "the job fails without faults: \(failure)"
            // What there is to see is the run that failed; the one with faults was not begun.
            first.run = FleetRun.Outcome(folder: "\(folder)/faults").run
            return record(faultFree, first, started: started)
        }
        say("fault-free: \(NumberText.duration(faultFree.seconds)), digest \(faultFree.digest?.prefix(12) ?? "")")
        return record(faultFree, perform("faults", faults: Schedule(of: plan).faults), started: started)
    }

    private func perform(_ name: String, faults: [Schedule.Fault]) -> FleetRun.Outcome {
        do {
            return try fleetRun(name, faults: faults).run()
        } catch {
            var outcome = FleetRun.Outcome(folder: "\(folder)/\(name)")
            outcome.aborted = "\(error)"
            return outcome
        }
    }

    private func fleetRun(_ name: String, faults: [Schedule.Fault]) throws -> FleetRun {
        let ports = try FreePorts.choose(2)
        let logs = "\(folder)/logs-\(name)"
        do {
            try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
        } catch {
            throw ChaosError(.cannotCreate, "cannot create a folder", at: logs, fix: "choose another -o")
        }
        let place = FleetRun.Place(
            folder: "\(folder)/\(name)",
            logs: logs,
            port: ports[0],
            proxyPort: plan.needsProxy ? ports[1] : nil
        )
        return FleetRun(
            job,
            at: place,
            faults: faults,
            seed: plan.seed,
            patience: patience,
            isAskedToStop: isAskedToStop,
            say: say
        )
    }

    private func record(_ faultFree: ChaosRecord.Run, _ outcome: FleetRun.Outcome, started: Date) -> ChaosRecord {
        ChaosRecord(
            plan: plan.name,
            seed: plan.seed,
            job: job.words,
            workers: job.workers,
            started: started.formatted(.iso8601),
            faultFree: faultFree,
            faulted: outcome.run,
            throughput: ChaosRecord.Throughput(
                faultFree: faultFree.seconds,
                faulted: outcome.run.seconds,
                lostCoreSeconds: outcome.lostCoreSeconds,
                cores: ProcessInfo.processInfo.activeProcessorCount
            ),
            releases: outcome.releases,
            faults: outcome.faults,
            checks: Verdict(plan: plan, faultFree: faultFree, outcome: outcome).checks,
            lanes: outcome.lanes,
            rounds: outcome.rounds,
            events: outcome.events
        )
    }
}

extension FleetRun.Outcome {
    /// What to say of a job that ended without a result and without a complaint.
    fileprivate var withoutDigest: String? {
        run.digest == nil ? "there is no run.json with a digest in \(run.folder)" : nil
    }
}
