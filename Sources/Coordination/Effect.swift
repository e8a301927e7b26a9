/// What the coordinator's machine asks for. Effects are performed in order, none after one that failed.
package enum Effect: Hashable, Sendable {
    /// Put on disk what the round begins from. What follows in the list, and all later effects, are performed only once it
    /// is there, so that nobody sees what a crash could undo.
    case record(RoundID)
    /// A `.round` message goes with the arrays it names as attached.
    case send(Message, to: WorkerID)
    /// Merge the arrays that came with the event into the round's answer.
    case merge(PartialNotice, from: WorkerID)
    /// Every block of the round is merged: give the answer to the program.
    case advance(RoundID)
    /// The event changes nothing; whatever came with it is dropped.
    case ignored(because: Reason)
    /// Worth telling people.
    case report(FleetEvent)
    /// The job cannot go on, or need not.
    case stop(Outcome)

    /// Why an event changed nothing.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        case unknownWorker
        case otherRound
        case alreadyMerged
        case overlapsOtherWork
        case readingsMissed
        case absurd
        case jobOver
    }
}

/// How a job ended, as far as the fleet is concerned.
package enum Outcome: Hashable, Sendable {
    case finished
    case interrupted
    case failed(exitCode: Int32, reason: String)
}

/// What happens to a fleet that an operator wants to read about afterwards.
package enum FleetEvent: Hashable, Sendable {
    case joined(WorkerID, JoinRequest)
    case refused(WorkerID, Refusal)
    case lost(WorkerID, because: String)
    case left(WorkerID)
    case quorumReached(workers: Int)
    case quorumLost(workers: Int)
    case roundStarted(RoundRequest)
    case roundFinished(RoundID)
    case leaseLapsed(Lease, WorkerID)
    case leaseCopied(Lease, from: WorkerID, to: WorkerID)
    case answerIgnored(Lease, WorkerID, because: Effect.Reason)
}
