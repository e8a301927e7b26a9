/// Everything the coordinator knows of its fleet, and what it does about each thing that happens.
///
/// A pure value: one event and a time in, an ordered list of effects out. It opens no socket, reads no clock, adds no
/// floats and draws no random numbers, so that the service, a simulator and the tests drive the same machine, and a
/// transcript of events says all there is to say about a run.
package struct Coordinator: Sendable, Hashable {
    package let term: Term
    package let settings: FleetSettings

    var phase = Phase.gathering
    var workers: [WorkerRecord] = []
    /// What the first worker's results depend on in their last bit; others must state the same.
    var fingerprint: String?
    var round: RoundState?
    /// What the coordinator has read itself of the rows that workers have read.
    var readings: [Reading.Place: VerifiedReading] = [:]
    var lastLease: UInt64 = 0
    /// Since when the fleet is smaller than it must be; nil while it is large enough.
    var shortSince: Instant?
    /// Whether there were once enough workers to start with.
    var hasStarted = false
    var setbacks = Setbacks()
    /// Why the last worker that did not stay of its own will is not there, for who asks why there are too few.
    var obstacle: String?
    /// Whether somebody asked to stop after the round.
    var isStopping = false
    package internal(set) var story = Story()

    enum Phase: Hashable, Sendable {
        /// Fewer workers than asked for have joined; no lease is granted.
        case gathering
        case working
        case over
    }

    package init(term: Term, settings: FleetSettings, at now: Instant) {
        self.term = term
        self.settings = settings
        shortSince = now
    }

    /// Takes one event and says what to do about it, in order.
    package mutating func handle(_ event: Event, at now: Instant) -> [Effect] {
        guard phase != .over else { return [.ignored(because: .jobOver)] }
        story.add(event, at: now)
        var effects = react(to: event, at: now)
        if phase != .over {
            setbacks.endRests(at: now)
            // Silence means something only once everything that came has been told, which a tick says: after a standstill of
            // its process the first message would else end the memberships of all others.
            if event == .tick { effects += expire(at: now) }
            effects += watchQuorum(at: now)
            effects += grantLeases(at: now)
        }
        assert(invariants() == nil, "\(invariants() ?? ""): \(story)")
        return effects
    }

    private mutating func react(to event: Event, at now: Instant) -> [Effect] {
        switch event {
        case .received(let message, let worker): receive(message, from: worker, at: now)
        case .heard(let worker): hear(worker, at: now)
        case .gone(let worker, let reason): lose(worker, because: reason, at: now)
        case .verified(let readings): note(readings)
        case .roundReady(let request): begin(request)
        case .programFinished: end(.finished)
        case .interrupted: interrupt()
        case .abandoned(let reason): end(.failed(exitCode: Self.fleetLost, reason: reason + theObstacle))
        case .turnedAway(let reason): turnAway(reason)
        case .tick: []
        }
    }

    private mutating func hear(_ id: WorkerID, at now: Instant) -> [Effect] {
        guard let index = index(of: id) else { return [.ignored(because: .unknownWorker)] }
        workers[index].lastHeard = now
        return []
    }

    private mutating func receive(_ message: Message, from id: WorkerID, at now: Instant) -> [Effect] {
        if case .join(let request) = message {
            return join(request, from: id, at: now)
        }
        guard let index = index(of: id) else {
            return [.send(.rejoin, to: id), .ignored(because: .unknownWorker)]
        }
        workers[index].lastHeard = now
        switch message {
        case .heartbeat(let heartbeat): return note(heartbeat, from: index, at: now)
        case .partial(let notice): return take(notice, from: index, at: now)
        case .failure(let failure): return fail(failure, from: index)
        case .leave: return leave(index)
        case .unable(let reason): return lose(id, because: reason, at: now)
        case .join, .welcome, .refusal, .round, .grant, .revoke, .acknowledgement, .rejoin, .farewell,
            .statusRequest, .status:
            return [.ignored(because: .absurd)]
        }
    }

    /// The fleet finishes the round it is in, unless it is not working on any.
    private mutating func interrupt() -> [Effect] {
        isStopping = true
        return round == nil || phase == .gathering ? end(.interrupted) : []
    }

    /// Ends the job, and tells every worker.
    mutating func end(_ outcome: Outcome) -> [Effect] {
        phase = .over
        let farewell = Message.farewell(Farewell(exitCode: outcome.exitCode))
        return workers.map { .send(farewell, to: $0.id) } + [.stop(outcome)]
    }

    /// When to call `handle(.tick, at:)`, whatever else happens before; nil when time alone changes nothing.
    package var nextDeadline: Instant? {
        guard phase != .over else { return nil }
        let silences = workers.map { $0.lastHeard + settings.timing.suspicion }
        let short = shortSince.map { [$0 + settings.timing.quorum] } ?? []
        return (silences + short + leaseDeadlines + setbacks.ends(of: workers.map(\.id))).min()
    }
}

extension Coordinator {
    /// Workers that have joined and are not lost.
    package var workerCount: Int { workers.count }

    /// How many are needed: once, to start with, and then to go on.
    package var workersNeeded: Int {
        hasStarted ? settings.leastToGoOn : max(settings.leastWorkers, settings.leastToGoOn)
    }

    /// Whether it has joined and is not lost.
    package func isMember(_ id: WorkerID) -> Bool { index(of: id) != nil }

    /// Exit code 69 of sysexits: the fleet cannot be reached.
    static let fleetLost: Int32 = 69
    /// Exit code 70 of sysexits: a promise of the software itself was broken.
    static let internalError: Int32 = 70

    func index(of id: WorkerID) -> Int? {
        workers.firstIndex { $0.id == id }
    }
}

extension Outcome {
    /// What the coordinator's process exits with (sysexits).
    package var exitCode: Int32 {
        switch self {
        case .finished: 0
        case .interrupted: 75
        case .failed(let exitCode, _): exitCode
        }
    }
}

/// What a fleet is asked to be.
package struct FleetSettings: Hashable, Sendable {
    /// Work starts when this many workers have joined.
    package var leastWorkers = 1
    /// It goes on with this many or more, and waits while there are fewer.
    package var leastToGoOn = 1
    /// Whether workers may join whose results could differ in the last bit.
    package var allowsMixedFingerprints = false
    package var timing = FleetTiming()
    /// What a welcomed worker is told of the job.
    package var job = ""

    package init() {}
}
