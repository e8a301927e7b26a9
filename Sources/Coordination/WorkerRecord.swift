/// What the coordinator knows of one worker.
struct WorkerRecord: Hashable, Sendable {
    let id: WorkerID
    let request: JoinRequest
    var lastHeard: Instant
    /// The lease it works on.
    var lease: LeaseID?
    /// The last round it was told of, and with it the arrays that it holds.
    var round: RoundID?
    var held: [ParameterReference] = []
    /// Whether its last lease lapsed; it gets no other until it answers, says that it works on nothing, or joins again.
    var isStalled = false
    /// Whether it asked to go once its lease is done; it gets no other.
    var isDraining = false
    /// How many readings it has stated since it joined, all of them the coordinator's own.
    var readings = 0
    var pace = Pace()
}

extension WorkerRecord {
    /// Whether it would take a lease if it held none.
    var isFree: Bool { !isStalled && !isDraining }
}
