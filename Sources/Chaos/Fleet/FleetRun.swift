import Dashboard
import Foundation

/// One run of a job by a fleet of processes that are started, harmed, replaced and counted here.
///
/// One thread looks at everything every few milliseconds, as an operator with good eyes would: it sees processes end, reads
/// what the coordinator writes down, does what the schedule says, and starts again what has ended before its time.
final class FleetRun {
    /// Where a run's files go and how its processes meet.
    struct Place {
        var folder: String
        var logs: String
        var port: Int
        /// Where workers connect when there is a proxy.
        var proxyPort: Int?
    }

    /// What came of it.
    struct Outcome {
        var run: ChaosRecord.Run
        var faults: [FaultReport]
        var lostCoreSeconds: Double
        var releases: ChaosRecord.Releases
        var lanes: [ChaosRecord.Lane]
        var rounds: [Double]
        var events: [FleetEventRecord]
        /// What should not have happened; none of it in a good run.
        var hang: String?
        var orphans: [String] = []
        var unexpected: [String] = []
        var partial: [String] = []
        /// What ended it before its time; nil for a run of which all can be judged.
        var aborted: String?

        /// Of a run that nothing is known of yet.
        init(folder: String) {
            run = ChaosRecord.Run(folder: folder, digest: nil, seconds: 0)
            run.coordinators = 0
            faults = []
            lostCoreSeconds = 0
            releases = ChaosRecord.Releases(sinceLoss: [], sinceFault: [])
            lanes = []
            rounds = []
            events = []
        }
    }

    private static let tick = 0.005

    let job: ChaosJob
    let place: Place
    let seed: UInt64
    let patience: Double
    let say: (String) -> Void
    let isAskedToStop: () -> Bool
    let clock = ContinuousClock()
    let began: ContinuousClock.Instant
    let cores = ProcessInfo.processInfo.activeProcessorCount

    var proxy: Proxy?
    var workers: [WorkerSlot] = []
    var coordinator: ChildProcess?
    var coordinators = 0
    /// Signals that faults sent to coordinators, by process.
    var harmed: [Int32: FaultKind] = [:]
    var workersStarted = 0
    var waiting: [Schedule.Fault]
    var active: [ActiveFault] = []
    var reports: [FaultReport] = []
    var ledger: LossLedger
    var lanes: [ChaosRecord.Lane]
    var rounds: [Double] = []
    var events: [FleetEventRecord] = []
    var unexpected: [String] = []
    /// Where the journal ended after what was cut off last.
    var journalWritten = 0
    /// Whether nothing is done to it: what goes wrong then goes wrong again.
    private let isUndisturbed: Bool
    private var tail: EventTail
    private var lastProgress = 0.0
    private var isOver = false

    init(
        _ job: ChaosJob,
        at place: Place,
        faults: [Schedule.Fault],
        seed: UInt64,
        patience: Double,
        isAskedToStop: @escaping () -> Bool,
        say: @escaping (String) -> Void
    ) {
        self.job = job
        self.place = place
        self.seed = seed
        self.patience = patience
        self.isAskedToStop = isAskedToStop
        self.say = say
        waiting = faults
        isUndisturbed = faults.isEmpty
        began = clock.now
        tail = EventTail(path: place.folder + "/events.jsonl")
        ledger = LossLedger(cores: cores)
        lanes =
            [ChaosRecord.Lane(name: "coordinator")] + (1...job.workers).map { ChaosRecord.Lane(name: "worker-\($0)") }
    }

    /// Seconds since the fleet was started.
    var now: Double { (clock.now - began).inSeconds }

    /// Runs the job to its end, or until somebody asks to stop or no fleet can be had any more: what is known then is known.
    func run() -> Outcome {
        var outcome = Outcome(folder: place.folder)
        do {
            outcome.hang = try perform()
        } catch {
            outcome.aborted = error is CancellationError ? "somebody asked to stop" : "\(error)"
        }
        outcome.run.seconds = now
        if outcome.aborted == nil {
            outcome.orphans = windDown()
            outcome.partial = partialFiles
        } else {
            endFaults(at: now)
            clear()
        }
        proxy?.end()
        outcome.run.digest = digest
        outcome.run.coordinators = coordinators
        outcome.run.workersStarted = workersStarted
        outcome.run.messages = proxy?.messages
        outcome.faults = reports
        outcome.lostCoreSeconds = ledger.lostCoreSeconds
        outcome.releases = ledger.releases
        outcome.lanes = lanes
        outcome.rounds = rounds
        outcome.events = events
        outcome.unexpected = unexpected
        return outcome
    }

    /// - Returns: nil at the job's end; what is known when nothing moves any more.
    private func perform() throws -> String? {
        if let port = place.proxyPort {
            proxy = try Proxy(listeningAt: "tcp://127.0.0.1:\(port)", target: endpoint, seed: seed)
        }
        try startCoordinator()
        for index in 0..<job.workers {
            workers.append(WorkerSlot(name: "worker-\(index + 1)"))
            try startWorker(index)
        }
        return try watch()
    }

    /// Where the coordinator listens.
    var endpoint: String { "tcp://127.0.0.1:\(place.port)" }

    /// - Returns: nil at the job's end; what is known when nothing moves any more.
    private func watch() throws -> String? {
        var last = now
        while !isOver {
            Thread.sleep(forTimeInterval: Self.tick)
            if isAskedToStop() { throw CancellationError() }
            let time = now
            ledger.pass(from: last, to: time, running: runningWorkers, of: job.workers)
            last = time
            readEvents(at: time)
            try noteWorkers(at: time)
            try noteCoordinator(at: time)
            guard !isOver else { break }
            try beginFaults(at: time)
            try goOnWithFaults(at: time)
            if let failure = proxy?.failure { throw ChaosError(.fleet, "the proxy failed", at: endpoint, fix: failure) }
            if time - lastProgress > patience { return stuck(at: time) }
        }
        return nil
    }

    /// Workers that could work at this moment.
    private var runningWorkers: Int {
        guard let coordinator, coordinator.ending == nil, !active.contains(where: \.holdsCoordinator),
            ledger.isCoordinatorBack
        else { return 0 }
        return workers.count { !$0.isDisturbed }
    }

    private func readEvents(at time: Double) {
        for event in tail.poll() {
            if event.event == .roundAdvanced {
                rounds.append(time)
                lastProgress = time
            } else {
                var seen = event
                seen.time = time
                events.append(seen)
            }
            if event.event == .resumed { lastProgress = time }
            ledger.note(event, at: time)
            if event.event == .joined { noteJoined(event) }
        }
    }

    private func noteJoined(_ event: FleetEventRecord) {
        guard let index = workers.firstIndex(where: { $0.name == event.worker }), let process = workers[index].process,
            event.detail?.hasPrefix("process \(process.identifier),") == true
        else { return }
        if workers[index].isDisturbed && !workers[index].hasJoined {
            ledger.add(process.status?.processorSeconds ?? 0)
        }
        workers[index].hasJoined = true
        if !active.contains(where: { $0.disturbs(workers[index].name) }) { workers[index].isDisturbed = false }
    }

    private func stuck(at time: Double) -> String {
        let states = workers.map { slot in
            "\(slot.name) \(slot.process?.status.map { String($0.state) } ?? "-")"
        }
        let words =
            "no round was finished for \(Int(time - lastProgress)) s; coordinator "
            + "\(coordinator?.status.map { String($0.state) } ?? "-"), \(states.joined(separator: ", "))"
        clear()
        return words
    }

    var digest: String? {
        guard let data = FileManager.default.contents(atPath: place.folder + "/run.json") else { return nil }
        return try? RunRecord(json: String(decoding: data, as: UTF8.self)).digest
    }
}

// The coordinator.
extension FleetRun {
    func startCoordinator() throws {
        let manager = FileManager.default
        let began = ["/.job.json", "/run.json"].contains { manager.fileExists(atPath: place.folder + $0) }
        var words: [String]
        if began {
            words = ["resume", place.folder, "--no-progress", "--quiet"]
        } else {
            journalWritten = 0
            words = job.words + ["--workers", "0", "--listen", endpoint, "--insecure"] + job.fleetWords
            words += ["--output", place.folder, "--overwrite", "--no-progress", "--quiet"]
        }
        let process = try ChildProcess(job.executable, words, environment: job.environment, errors: nil)
        coordinators += 1
        coordinator = process
        lanes[0].lives.append(.init(process: process.identifier, began: now))
    }

    private func noteCoordinator(at time: Double) throws {
        guard let coordinator, let ending = coordinator.ending else { return }
        lanes[0].endLife(of: coordinator.identifier, at: time, ending.description)
        for index in active.indices where active[index].process === coordinator {
            try active[index].noteEnding(ending, in: place.folder, written: &journalWritten)
        }
        let kind = harmed[coordinator.identifier]
        switch ending {
        case .exited(0):
            isOver = true
            return
        case .exited(75) where kind == .terminate, .exited(74) where kind == .diskFull,
            .killed(SIGKILL) where kind != nil:
            break
        default:
            unexpected.append("the coordinator \(ending) at \(time.shown) s: \(coordinator.words.onOneLine)")
            // What may be otherwise the next time an operator tries again, but not for ever.
            guard !isUndisturbed, ending.mayPass, unexpected.count < 10 else {
                isOver = true
                return
            }
        }
        ledger.coordinatorDied()
        let words = coordinator.words.onOneLine
        say("\(time.shown) s: the coordinator \(ending)\(words.isEmpty ? "" : " (\(words))"); it is started again")
        try startCoordinator()
    }
}

// Workers.
extension FleetRun {
    /// - Parameter words: further ones of its command line.
    func startWorker(_ index: Int, _ words: [String] = []) throws {
        let address = proxy?.endpoint ?? endpoint
        let log = "\(place.logs)/\(workers[index].name).txt"
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        let errors = FileHandle(forWritingAtPath: log) ?? FileHandle.nullDevice
        _ = try? errors.seekToEnd()
        defer { try? errors.close() }
        let process = try ChildProcess(
            job.executable,
            ["worker", address, "--insecure", "--lifeline", "--name", workers[index].name] + words,
            environment: job.environment,
            errors: errors,
            hasLifeline: true
        )
        workersStarted += 1
        workers[index].process = process
        workers[index].hasJoined = false
        workers[index].started = now
        lanes[index + 1].lives.append(.init(process: process.identifier, began: now))
    }

    private func noteWorkers(at time: Double) throws {
        for index in workers.indices {
            guard let process = workers[index].process, let ending = process.ending else { continue }
            lanes[index + 1].endLife(of: process.identifier, at: time, ending.description)
            var isExpected = false
            for place in active.indices {
                isExpected = active[place].noteEnding(of: process, ending, exitStatus: job.exitStatus) || isExpected
            }
            if !isExpected { noteUnforeseen(ending, of: index, at: time) }
            workers[index].isDisturbed = true
            try startWorker(index)
        }
    }

    /// A coordinator that goes sends its workers away, and they exit with 0 or 69.
    private func noteUnforeseen(_ ending: ChildProcess.Ending, of index: Int, at time: Double) {
        switch ending {
        case .exited(0), .exited(69): break
        default:
            unexpected.append(
                "\(workers[index].name) \(ending) at \(time.shown) s; see \(place.logs)/\(workers[index].name).txt"
            )
        }
        // So that a worker that cannot live is not started a thousand times a second.
        if time - workers[index].started < 0.5 { Thread.sleep(forTimeInterval: 0.05) }
    }
}

// The end.
extension FleetRun {
    /// Waits for the fleet to go, and ends what does not.
    ///
    /// - Returns: what did not go of its own will.
    private func windDown() -> [String] {
        endFaults(at: now)
        func remain() -> [WorkerSlot] { workers.filter { $0.process != nil && $0.process?.ending == nil } }
        func wait(_ seconds: Double) {
            let end = now + seconds
            while now < end, !remain().isEmpty { Thread.sleep(forTimeInterval: 0.01) }
        }
        wait(3)
        // Whoever was not told that the job is over, since the message was one of those that were lost, hears it of us.
        for _ in 0..<2 {
            for slot in remain() { slot.process?.send(SIGTERM) }
            wait(0.3)
        }
        wait(patience)
        var orphans = remain().map {
            "\($0.name) (process \($0.process?.identifier ?? 0)) did not go when it was asked to"
        }
        clear()
        let addresses = [endpoint, proxy?.endpoint].compactMap(\.self)
        for (identifier, line) in ProcessStatus.commandLines.sorted(by: { $0.key < $1.key })
        where addresses.contains(where: { line.contains($0) }) && ProcessStatus(of: identifier)?.state != "Z" {
            orphans.append("process \(identifier): \(line)")
        }
        for slot in workers {
            guard let process = slot.process, let ending = process.ending else { continue }
            lanes[(workers.firstIndex { $0.name == slot.name } ?? 0) + 1].endLife(
                of: process.identifier,
                at: now,
                ending.description
            )
        }
        return orphans
    }

    /// Ends everything at once.
    func clear() {
        for fault in active { fault.release() }
        let processes = workers.compactMap(\.process) + [coordinator].compactMap(\.self)
        for process in processes { process.send(SIGKILL) }
        let end = now + 5
        while now < end, processes.contains(where: { $0.ending == nil }) { Thread.sleep(forTimeInterval: 0.005) }
    }

    /// Files in the run's folder that are not whole, or not to be there after its end.
    private var partialFiles: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place.folder)) ?? []
        return names.filter { $0.hasPrefix(".") && $0 != ".lock" || $0.contains(".partial-") }.sorted()
    }
}

/// A worker's place in the fleet, and the process that fills it.
struct WorkerSlot {
    let name: String
    var process: ChildProcess?
    var started = 0.0
    var hasJoined = false
    /// Whether it does not work because of a fault.
    var isDisturbed = false
}

extension ChaosRecord.Lane {
    mutating func endLife(of process: Int32, at time: Double, _ ending: String) {
        guard let index = lives.lastIndex(where: { $0.process == process }), lives[index].ended == nil else { return }
        lives[index].ended = time
        lives[index].ending = ending
    }
}

extension Double {
    /// With one decimal, for a line of text.
    var shown: String { NumberText.fixed(self, decimals: 1) }
}

extension String {
    /// Its last lines on one, without what would break it.
    var onOneLine: String {
        split(whereSeparator: \.isNewline).suffix(2).joined(separator: " ").filter { !$0.isNewline }
    }
}
