import Foundation

/// A fault that is being done, until it is known whether it was.
struct ActiveFault {
    /// A process that it is done to.
    struct Victim {
        let name: String
        let process: ChildProcess
        var ending: ChildProcess.Ending?
        var wasStopped = false
        /// The one before it, which was ended to make room for this one.
        var isReplacement = false
    }

    let fault: Schedule.Fault
    var report: FaultReport
    var victims: [Victim] = []
    /// Seconds since the fleet was started at which it is taken back.
    var until: Double?
    /// The coordinator that is to end of it.
    var process: ChildProcess?
    var hogs: [ChildProcess] = []
    var hogSeconds = 0.0
    /// What was done to the journal after the coordinator's end.
    var cut: String?
    var failure: String?

    init(_ fault: Schedule.Fault, at time: Double) {
        self.fault = fault
        report = FaultReport(fault)
        report.began = time
        if fault.rule.kind.lasts { until = time + fault.rule.seconds }
    }

    var kind: FaultKind { fault.rule.kind }

    var holdsCoordinator: Bool { kind == .pause && fault.rule.target == .coordinator }

    /// Whether a worker cannot work because of it.
    func disturbs(_ worker: String) -> Bool {
        switch kind {
        case .pause, .slowStart, .partition: report.victims.contains(worker)
        default: false
        }
    }

    /// A worker's process has ended.
    ///
    /// - Returns: whether that is what this fault does.
    mutating func noteEnding(of process: ChildProcess, _ ending: ChildProcess.Ending, exitStatus: Int32) -> Bool {
        guard let place = victims.firstIndex(where: { $0.process === process }) else { return false }
        victims[place].ending = ending
        return switch kind {
        case .kill: ending == .killed(signal: SIGKILL)
        // One that has only just been started dies of the signal.
        case .terminate: [.exited(0), .exited(69), .killed(signal: SIGTERM)].contains(ending)
        case .exit: ending == .exited(exitStatus)
        default: false
        }
    }

    /// The coordinator's process has ended, and nothing else has been done to its folder.
    ///
    /// - Parameter written: where the journal ended when the last cut had been made. What stood before it had been on the
    ///   disk for long: only what was written since can be lost.
    mutating func noteEnding(_ ending: ChildProcess.Ending, in folder: String, written: inout Int) throws {
        guard let place = victims.firstIndex(where: { $0.process === process }) else { return }
        victims[place].ending = ending
        guard kind == .tornWrite, ending == .killed(signal: SIGKILL) else { return }
        let journal = JournalFile(path: folder + "/.journal")
        guard let last = journal.lastRecord, last.offset >= written else {
            failure = "the journal had no record that was new"
            return
        }
        var draws = fault.draws
        let left = last.offset + 1 + draws.index(below: last.byteCount - 1)
        try journal.cut(to: left)
        written = last.offset
        cut = "the journal's \(last.offset + last.byteCount) bytes were cut to \(left), within its last record"
    }

    /// Lets go of everything that is held.
    func release() {
        for victim in victims where kind == .pause || kind == .slowStart { victim.process.send(SIGCONT) }
        for hog in hogs { hog.send(SIGKILL) }
    }
}
