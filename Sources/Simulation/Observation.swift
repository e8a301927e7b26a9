import Coordination

/// What the checkers see of a fleet: messages, records, answers, and processes that come and go. Nothing of what a machine
/// or a shell holds is in here.
enum Observation {
    /// A process of the coordinator begins, going on after so many rounds.
    case lifeBegan(Term, after: UInt64, model: [UInt8])
    case lifeEnded(Term)
    /// A record is being written.
    case recording
    /// A record is on disk for good.
    case recorded(JournalEntry)
    /// A stale one has another copy of the data than the others.
    case processBegan(WorkerID, isStale: Bool)
    /// A worker's process ended by itself.
    case processEnded(WorkerID, exitCode: Int32)
    /// The coordinator was told by its system that a worker's process or connection is gone.
    case departed(WorkerID)
    case sent(Packet)
    /// A process took a message from its socket.
    case read(Packet)
    /// A worker's answer was merged into the answer of the round.
    case merged(Answer)
    /// The coordinator put out that a round is done; the model that it led to.
    case advanced(UInt64, model: [UInt8])
    case stopped(Outcome)
    /// The digest of the job's results.
    case finished(digest: String)
    /// No fault happens any more.
    case calm
}

/// What a checker has against a run.
package struct Objection: Hashable, Sendable {
    package let checker: String
    package let time: Microseconds
    package let complaint: String
}

extension Objection: CustomStringConvertible {
    package var description: String { "\(time.seconds) s: \(complaint)" }
}
