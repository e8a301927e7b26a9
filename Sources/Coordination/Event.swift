/// What the coordinator's machine is told.
package enum Event: Hashable, Sendable {
    case received(Message, from: WorkerID)
    /// Bytes of a message of the worker that is not complete yet: a sign of life.
    case heard(WorkerID)
    /// The worker's process or connection is known to be gone.
    case gone(WorkerID, because: String)
    /// The coordinator's process has read these rows itself. Told before any answer that states a reading of them.
    case verified([VerifiedReading])
    /// The program wants a round over `blocks` blocks.
    case roundReady(RoundRequest)
    /// The program has no further round.
    case programFinished
    /// Somebody asked to stop once the round is finished.
    case interrupted
    /// No worker is left and none can come.
    case abandoned(because: String)
    /// Somebody was not let in, of whom the machine did not hear: such as one whose key is not on the list.
    case turnedAway(because: String)
    /// Everything that happened up to now has been told. Silence is judged then, so one must follow what was read together.
    case tick
}

/// A round as the program's host asks for it.
package struct RoundRequest: Hashable, Sendable {
    package var round: RoundID
    package var kind: String
    package var parameters: [ParameterReference]
    /// The first of its blocks.
    package var firstBlock: Int
    /// Blocks firstBlock ..< blocks, each of which is a task. At least 1.
    package var blocks: Int
    /// The most blocks that a lease may have, where an answer grows with them; at least 1.
    package var largestLease: Int
    /// Whether tasks are handed out from the last one on, whoever asks, instead of to those whose homes they are in.
    package var goesFromLast: Bool
    /// Whether a worker gets its whole home at once, where tasks are short and answers are large: the leases of a round
    /// are then no more than its workers, unless one of them is lost.
    package var leasesHomes: Bool
    /// Whether what the round begins from must be on disk before anybody hears of the round. Of the thousands of short
    /// rounds that some programs have few are recorded: what is done again gives the same bits.
    package var isRecorded: Bool

    package init(
        round: RoundID,
        kind: String,
        parameters: [ParameterReference],
        firstBlock: Int = 0,
        blocks: Int,
        largestLease: Int = .max,
        goesFromLast: Bool = false,
        leasesHomes: Bool = false,
        isRecorded: Bool = false
    ) {
        self.round = round
        self.kind = kind
        self.parameters = parameters
        self.firstBlock = firstBlock
        self.blocks = blocks
        self.largestLease = largestLease
        self.goesFromLast = goesFromLast
        self.leasesHomes = leasesHomes
        self.isRecorded = isRecorded
    }

    /// The blocks that are its tasks.
    package var tasks: Range<Int> { firstBlock..<blocks }
}
