import Clustering
import Coordination
import Dashboard
import Foundation
import Services
import Shards

/// Watches a job: keeps its history and timings for run.json, writes its events, shows its progress.
final class JobRecorder<Model>: JobObserver {
    private let folder: RunFolder
    private let events: AppendLog
    private var display: ProgressDisplay
    /// The last iteration that the program has done.
    private let iteration: (RoundReport<Model>) -> RunRecord.Iteration?
    private let digests: InputDigests
    private let journal: RunJournal<RunNote>
    /// The bytes of a model; nil of one that needs no further round, since its rows have been delivered by then.
    private let encode: (Model) -> [UInt8]?
    private let rowsOfRound: (Round) -> Int
    private var names: [WorkerID: String] = [:]
    private var board: StatusBoard

    private(set) var history: [RunRecord.Iteration] = []
    private(set) var certified: [RunRecord.CertifiedRound] = []
    private(set) var timings: [RunRecord.Timing] = []
    private var rowsPerSecond: Double?
    /// The most memory that this process was seen to have, in bytes, mapped input left out.
    private(set) var peakMemory = 0
    private var memorySeen: ContinuousClock.Instant?
    /// The first step of long rounds that this process was told of.
    private var firstStep: (done: Int, time: ContinuousClock.Instant)?
    /// The iterations that the history held when this process had done its first, and when that was.
    private var firstIteration: (count: Int, time: ContinuousClock.Instant)?
    /// Since the last checkpoint.
    private var unsaved: RoundReport<Model>?
    private var savedIterations = 0
    private var savedCertified = 0
    private var notedReadings = 0
    private let clock = ContinuousClock()
    private let began: ContinuousClock.Instant
    /// Seconds of the run before this process.
    private let earlier: Double
    /// The fleets of the run's earlier processes.
    private let earlierFleet: RunRecord.Fleet?
    private let earlierFingerprints: Set<String>
    private var fleet = FleetRecord()
    private var notedFleet: ContinuousClock.Instant?
    /// Whether the last round was one of several of an optimiser step.
    private var isRoundOfStep = false
    /// When an event of such a round was written last.
    private var writtenRound: Duration?

    /// - Parameters:
    ///   - job: the name of the command.
    ///   - notes: of the run's earlier processes; nil where this is its first.
    ///   - rowsOfRound: the rows that a round's tasks are about.
    ///   - encode: the bytes of a model; nil of one that needs no further round.
    ///   - iteration: the last iteration that the program has done, if any.
    init(
        job: String,
        folder: RunFolder,
        display: ProgressDisplay,
        journal: RunJournal<RunNote>,
        continuing notes: [RunNote]?,
        digests: InputDigests,
        rowsOfRound: @escaping (Round) -> Int,
        encode: @escaping (Model) -> [UInt8]?,
        iteration: @escaping (RoundReport<Model>) -> RunRecord.Iteration?
    ) throws {
        board = StatusBoard(job: job, folder: folder)
        self.folder = folder
        self.display = display
        self.journal = journal
        self.digests = digests
        self.encode = encode
        self.rowsOfRound = rowsOfRound
        self.iteration = iteration
        began = clock.now
        history = (notes ?? []).flatMap(\.history)
        savedIterations = history.count
        certified = (notes ?? []).flatMap { $0.certified ?? [] }
        savedCertified = certified.count
        timings = notes?.last?.timings ?? []
        let last = try notes.map { _ in try StoredRun.events(in: folder.path).map(\.time).max() ?? 0 }
        // What was done after the last checkpoint is lost, but the time it took is not.
        earlier = max(notes?.last?.elapsed ?? 0, last ?? 0)
        earlierFleet = notes?.last { $0.fleet != nil }?.fleet?.ended(at: earlier)
        earlierFingerprints = notes?.last { $0.fingerprints != nil }?.fingerprints ?? []
        events = try AppendLog(path: folder.path(for: "events.jsonl"), emptying: notes == nil)
    }

    /// Seconds for which the run has been at work, in this process and before.
    var elapsed: Double { earlier + (clock.now - began).seconds }

    /// Writes down that the run goes on.
    func resumed(_ detail: String) throws {
        try events.append(try FleetEventRecord(time: elapsed, event: .resumed, detail: detail).line())
    }

    func roundFinished(_ report: RoundReport<Model>) throws {
        note(report)
        unsaved = report
    }

    /// A round that was not worth a checkpoint is not saved any more: the next one follows.
    func modelWillChange() { unsaved = nil }

    var isRecordDue: Bool { unsaved != nil && journal.isDue }

    /// Saves the last round, unless it has been.
    func record() throws {
        guard let report = unsaved, let model = encode(report.model) else { return }
        try journal.save(model, afterRound: report.number, note(withFleet: isFleetNoteDue))
        savedIterations = history.count
        savedCertified = certified.count
        unsaved = nil
    }

    /// Saves what there is to know at the end of this process, which the run may outlive.
    func leave(_ fleet: FleetRecord?) throws {
        if let fleet { self.fleet = fleet }
        try record()
        try journal.add(note(withFleet: true))
    }

    /// A list of thousands of workers is not for every checkpoint.
    private var isFleetNoteDue: Bool {
        notedFleet.map { clock.now - $0 >= .seconds(2) } ?? true
    }

    private func note(withFleet hasFleet: Bool) -> RunNote {
        if hasFleet { notedFleet = clock.now }
        let readings = ReadingLedger.process.readings(after: notedReadings)
        defer { notedReadings += readings.count }
        return RunNote(
            history: Array(history[savedIterations...]),
            certified: Array(certified[savedCertified...]),
            timings: timings,
            elapsed: elapsed,
            inputs: digests.known,
            readings: Array(readings),
            fleet: hasFleet ? record(of: fleet) : nil,
            fingerprints: hasFleet ? fingerprints(of: fleet) : nil
        )
    }

    /// What the bits of the run's results depend on: of its workers in all its processes.
    func fingerprints(of fleet: FleetRecord) -> Set<String> {
        earlierFingerprints.union(fleet.members.map(\.request.fingerprint))
    }

    /// The fleets of all the run's processes as one.
    func record(of fleet: FleetRecord) -> RunRecord.Fleet {
        let own = RunRecord.Fleet(fleet, after: earlier)
        return earlierFleet.map { $0.followed(by: own) } ?? own
    }

    private func note(_ report: RoundReport<Model>) {
        let seconds = report.duration.seconds
        rowsPerSecond = seconds > 0 ? Double(rowsOfRound(report.round)) / seconds : nil
        add(seconds, to: report.round.kind)
        isRoundOfStep = report.round.isOfStep
        if report.certification.rows > 0 { certified.append(RunRecord.CertifiedRound(report.certification)) }
        guard var entry = iteration(report), isNew(entry) else { return }
        entry.seconds = entry.seconds ?? seconds
        entry.rowsPerSecond = entry.rowsPerSecond ?? rowsPerSecond
        history.append(entry)
        if firstIteration == nil { firstIteration = (history.count, clock.now) }
    }

    private func isNew(_ entry: RunRecord.Iteration) -> Bool {
        guard let last = history.last else { return true }
        return (last.restart, last.iteration) != (entry.restart, entry.iteration)
    }

    func working(_ activity: JobActivity, fleet: () -> FleetActivity?) {
        noteMemory()
        if board.isDue {
            let current = fleet()
            self.fleet = current?.record ?? self.fleet
            board.write(board.snapshot(activity, current, elapsed: elapsed, rowsPerSecond: rowsPerSecond))
        }
        let progress = activity.progress
        let isLongRound = progress.stepsOfRound > 0
        let inRound = activity.blocks > 0 ? progress.stepsOfRound * activity.finishedBlocks / activity.blocks : 0
        let remaining =
            isLongRound
            ? self.remaining(after: progress.done + inRound, of: progress.limit)
            : progress.iterationsLeft.flatMap { self.remaining(iterations: $0) }
        display.update(
            phase: progress.restart.map { "restart \($0.number) of \($0.count), \(progress.phase)" } ?? progress.phase,
            done: progress.done + inRound,
            limit: progress.limit,
            objective: progress.objective,
            moved: progress.moved,
            rowsPerSecond: isLongRound ? nil : rowsPerSecond,
            remaining: remaining,
            isAtMost: !isLongRound,
            workers: activity.workers
        )
    }

    func status(_ activity: JobActivity, fleet: FleetActivity) throws -> String {
        try board.snapshot(activity, fleet, elapsed: elapsed, rowsPerSecond: rowsPerSecond).json()
    }

    /// Looks at the memory now and then: it costs a system call or two.
    private func noteMemory() {
        let now = clock.now
        if let memorySeen, now - memorySeen < .milliseconds(100) { return }
        memorySeen = now
        peakMemory = max(peakMemory, Int(ProcessMemory.anonymousBytes))
    }

    /// Seconds until the last step, if the steps to come take as long as those since this process saw the first.
    private func remaining(after done: Int, of limit: Int) -> Double? {
        let start = firstStep ?? (done, clock.now)
        firstStep = start
        guard done > start.done else { return nil }
        return (clock.now - start.time).seconds * Double(limit - done) / Double(done - start.done)
    }

    /// Seconds until so many iterations are done, if each takes as long as those of this process, with what lies between
    /// them.
    private func remaining(iterations: Int) -> Double? {
        guard let firstIteration, history.count > firstIteration.count else { return nil }
        let done = history.count - firstIteration.count
        return (clock.now - firstIteration.time).seconds * Double(iterations) / Double(done)
    }

    func fleetChanged(_ event: FleetEvent, after time: Duration) throws {
        if case .joined(let id, let request) = event { names[id] = request.name }
        if case .roundFinished = event, !isRoundWritten(after: time) { return }
        let record = FleetEventRecord(event, after: time + .seconds(earlier), names: names)
        if let record { try events.append(try record.line()) }
        board.note(event, after: time, as: record)
    }

    /// Of the thousands of rounds that a training has, a few are written each second.
    private func isRoundWritten(after time: Duration) -> Bool {
        guard isRoundOfStep else { return true }
        if let writtenRound, time - writtenRound < .milliseconds(250) { return false }
        writtenRound = time
        return true
    }

    func leasedAgain(_ lease: Lease, from: WorkerID, to: WorkerID, after time: Duration) throws {
        let record = FleetEventRecord(
            time: (time + .seconds(earlier)).seconds,
            event: .leasedAgain,
            worker: names[to] ?? to.description,
            from: names[from] ?? from.description,
            round: Int(lease.round.rawValue),
            blocks: lease.blocks.count
        )
        try events.append(try record.line())
    }

    /// Ends the progress line, so that what follows stands below it.
    func finishDisplay() { display.finish() }

    /// Adds time to a phase, which comes after the others when it is new.
    func add(_ seconds: Double, to phase: String) {
        if let index = timings.firstIndex(where: { $0.phase == phase }) {
            timings[index].seconds += seconds
        } else {
            timings.append(RunRecord.Timing(phase: phase, seconds: seconds))
        }
    }

    /// Runs `body` as a phase of its own.
    func timed<Value>(_ phase: String, _ body: () throws -> Value) rethrows -> Value {
        let clock = ContinuousClock()
        let start = clock.now
        defer { add((clock.now - start).seconds, to: phase) }
        return try body()
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
