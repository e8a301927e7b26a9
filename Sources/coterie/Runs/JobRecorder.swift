import Clustering
import Coordination
import Dashboard
import Foundation
import Services
import Shards

/// Watches a job: keeps its history and timings for run.json, writes its events, shows its progress.
final class JobRecorder<Model>: JobObserver {
    private let rows: Int
    private let folder: RunFolder
    private let events: AppendLog
    private var display: ProgressDisplay
    /// The last iteration that the program has done.
    private let iteration: (RoundReport<Model>) -> RunRecord.Iteration?
    private let digests: InputDigests
    private let journal: RunJournal<RunNote>
    /// The bytes of a model; nil of one that needs no further round, since its rows have been delivered by then.
    private let encode: (Model) -> [UInt8]?
    private var names: [WorkerID: String] = [:]

    private(set) var history: [RunRecord.Iteration] = []
    private(set) var timings: [RunRecord.Timing] = []
    private var rowsPerSecond: Double?
    /// The most memory that this process was seen to have, in bytes, mapped input left out.
    private(set) var peakMemory = 0
    private var memorySeen: ContinuousClock.Instant?
    /// The first step of long rounds that this process was told of.
    private var firstStep: (done: Int, time: ContinuousClock.Instant)?
    /// Since the last checkpoint.
    private var unsaved: RoundReport<Model>?
    private var savedIterations = 0
    private let clock = ContinuousClock()
    private let began: ContinuousClock.Instant
    /// Seconds of the run before this process.
    private let earlier: Double

    /// - Parameters:
    ///   - notes: of the run's earlier processes; nil where this is its first.
    ///   - encode: the bytes of a model; nil of one that needs no further round.
    ///   - iteration: the last iteration that the program has done, if any.
    init(
        rows: Int,
        folder: RunFolder,
        display: ProgressDisplay,
        journal: RunJournal<RunNote>,
        continuing notes: [RunNote]?,
        digests: InputDigests,
        encode: @escaping (Model) -> [UInt8]?,
        iteration: @escaping (RoundReport<Model>) -> RunRecord.Iteration?
    ) throws {
        self.rows = rows
        self.folder = folder
        self.display = display
        self.journal = journal
        self.digests = digests
        self.encode = encode
        self.iteration = iteration
        began = clock.now
        history = (notes ?? []).flatMap(\.history)
        savedIterations = history.count
        timings = notes?.last?.timings ?? []
        earlier = notes?.last?.elapsed ?? 0
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
        if journal.isDue { try checkpoint() }
    }

    /// Saves the last round, unless it has been.
    func checkpoint() throws {
        guard let report = unsaved, let model = encode(report.model) else { return }
        let note = RunNote(
            history: Array(history[savedIterations...]),
            timings: timings,
            elapsed: elapsed,
            inputs: digests.known
        )
        try journal.save(model, afterRound: report.number, note)
        savedIterations = history.count
        unsaved = nil
    }

    private func note(_ report: RoundReport<Model>) {
        let seconds = report.duration.seconds
        rowsPerSecond = seconds > 0 ? Double(rows) / seconds : nil
        add(seconds, to: report.round.kind)
        guard var entry = iteration(report), isNew(entry) else { return }
        entry.seconds = seconds
        entry.rowsPerSecond = entry.rowsPerSecond ?? rowsPerSecond
        history.append(entry)
    }

    private func isNew(_ entry: RunRecord.Iteration) -> Bool {
        guard let last = history.last else { return true }
        return (last.restart, last.iteration) != (entry.restart, entry.iteration)
    }

    /// Looks at the memory now and then: it costs a system call or two.
    private func noteMemory() {
        let now = clock.now
        if let memorySeen, now - memorySeen < .milliseconds(100) { return }
        memorySeen = now
        peakMemory = max(peakMemory, Int(ProcessMemory.anonymousBytes))
    }

    func working(_ activity: JobActivity) {
        noteMemory()
        let progress = activity.progress
        let isLongRound = progress.stepsOfRound > 0
        let inRound = activity.blocks > 0 ? progress.stepsOfRound * activity.finishedBlocks / activity.blocks : 0
        display.update(
            phase: progress.phase,
            done: progress.done + inRound,
            limit: progress.limit,
            objective: progress.objective,
            moved: progress.moved,
            rowsPerSecond: isLongRound ? nil : rowsPerSecond,
            remaining: isLongRound ? remaining(after: progress.done + inRound, of: progress.limit) : nil,
            workers: activity.workers
        )
    }

    /// Seconds until the last step, if the steps to come take as long as those since this process saw the first.
    private func remaining(after done: Int, of limit: Int) -> Double? {
        let start = firstStep ?? (done, clock.now)
        firstStep = start
        guard done > start.done else { return nil }
        return (clock.now - start.time).seconds * Double(limit - done) / Double(done - start.done)
    }

    func fleetChanged(_ event: FleetEvent, after time: Duration) throws {
        if case .joined(let id, let request) = event { names[id] = request.name }
        if let record = FleetEventRecord(event, after: time + .seconds(earlier), names: names) {
            try events.append(try record.line())
        }
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
