import Clustering
import Coordination
import Foundation
import Services
import Shards

/// Runs a program as the flags ask: in this process or on a fleet.
struct JobLauncher {
    let fleet: FleetOptions
    let interruption: Interruption
    /// Whether nobody wants to be told where the fleet listens.
    let isQuiet: Bool

    func run<Method: Program>(
        _ program: Method,
        sink: any RowSink,
        from start: RoundMark<Method.Model>?,
        term: Term,
        observer: some JobObserver<Method.Model>
    ) throws -> JobResult<Method.Model> {
        if fleet.inProcess {
            return try LocalJob(program, sink: sink, threads: fleet.threadsOfEach, interruption: interruption)
                .run(from: start, observer: observer)
        }
        let service = try CoordinatorService(
            program,
            plan: plan,
            sink: sink,
            interruption: interruption,
            from: start,
            term: term
        )
        return try service.run(observer: observer)
    }

    /// Checks that the system gives this process what it needs to begin.
    ///
    /// - Throws: `ServiceError` that says what to raise.
    func checkLimits() throws {
        if fleet.inProcess { return try DescriptorLimit.require(DescriptorLimit.ofJob, for: "a job") }
        let workers = fleet.localWorkers
        try DescriptorLimit.require(
            DescriptorLimit.ofLocalFleet(workers),
            for: workers == 0 ? "a coordinator" : "a coordinator with \(workers) local workers",
            else: ", or use --in-process"
        )
    }

    private var plan: FleetPlan {
        var settings = FleetSettings()
        settings.leastWorkers = fleet.minWorkers
        settings.leastToGoOn = fleet.keepWorkers
        settings.allowsMixedFingerprints = fleet.allowMixed
        settings.timing.suspicion = .seconds(fleet.suspicion)
        settings.timing.quorum = .seconds(fleet.quorumTimeout)
        var plan = FleetPlan(
            localWorkers: fleet.localWorkers,
            threadsOfEach: fleet.threadsOfEach,
            listen: [fleet.listen].compactMap { $0 },
            keys: fleet.hasKeys ? fleet.keys : nil,
            settings: settings,
            executable: Self.executable
        )
        let announcement = FleetAnnouncement(fleet)
        if let announcement, !isQuiet { plan.announce = { StandardError.note(announcement.line($0)) } }
        return plan
    }

    /// This program's own file: workers are the same program.
    private static var executable: String {
        Bundle.main.executablePath ?? CommandLine.arguments[0]
    }
}
