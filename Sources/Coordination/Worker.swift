/// The worker's side: whether it belongs to a fleet, and which lease it works on. A pure value of the same shape as
/// `Coordinator`.
package struct Worker: Sendable, Hashable {
    package let settings: WorkerSettings

    private var phase = Phase.joining
    /// The term of the coordinator that it works for, and of what it says; nil until one has welcomed it.
    package private(set) var term: Term?
    private var heartbeat = Duration.milliseconds(500)
    private var lease: Lease?
    private var finishedBlocks = 0
    /// The last lease it was granted in this term; their numbers only rise, so a lower one was late or came twice.
    private var lastLease = LeaseID(0)
    /// The round it was told of last, and with it the arrays that it holds.
    private var round: RoundNotice?
    /// When it was heard of the coordinator last, or when it began to wait.
    private var lastHeard: Instant
    private var lastSent: Instant
    /// How long to wait before asking again to join; doubles up to a bound.
    private var patience = Duration.milliseconds(250)
    private var isDraining = false
    /// How many of its readings it has stated since it was welcomed.
    private var statedReadings = 0

    private enum Phase: Hashable, Sendable {
        case joining
        case member
        case over
    }

    package init(settings: WorkerSettings, at now: Instant) {
        self.settings = settings
        lastHeard = now
        lastSent = now
    }

    /// Whether it has asked to be taken into a fleet and has no answer.
    package var isWaiting: Bool { phase == .joining }

    package mutating func handle(_ event: WorkerEvent, at now: Instant) -> [WorkerEffect] {
        guard phase != .over else { return [.ignored] }
        let effects = react(to: event, at: now)
        return phase == .over ? effects : effects + watchTime(at: now)
    }

    private mutating func react(to event: WorkerEvent, at now: Instant) -> [WorkerEffect] {
        switch event {
        case .started: return [send(.join(settings.request), at: now)]
        case .heard:
            lastHeard = now
            return []
        case .received(let message, let term): return receive(message, term: term, at: now)
        case .progressed(let id, let finishedBlocks):
            if lease?.id == id { self.finishedBlocks = finishedBlocks }
            return []
        case .finished(let notice): return finish(notice, at: now)
        case .failed(let failure):
            guard lease?.id == failure.lease.id else { return [.ignored] }
            lease = nil
            return [send(.failure(failure), at: now)]
        case .unable(let exitCode, let reason):
            let goodbye = phase == .member ? [send(.unable(because: reason), at: now)] : []
            return goodbye + stop(exitCode: exitCode, reason: reason)
        case .drain: return drain(at: now)
        case .tick: return []
        }
    }

    private mutating func receive(_ message: Message, term: Term, at now: Instant) -> [WorkerEffect] {
        // Who does not know this worker may say so in any term: a coordinator need not rise above another job's.
        guard isCurrent(term) || message == .rejoin else { return [.ignored] }
        lastHeard = now
        switch message {
        case .welcome(let welcome):
            return self.welcome(welcome, term: term)
        case .refusal(let refusal):
            return stop(exitCode: refusal.exitCode, reason: refusal.reason)
        case .rejoin:
            return rejoin(at: now)
        case .farewell(let farewell):
            phase = .over
            return cancelling([.exit(code: farewell.exitCode == 0 ? 0 : Self.fleetLost, reason: nil)])
        case .round, .grant, .revoke, .acknowledgement:
            guard phase == .member else { return [.ignored] }
            // A later life of the coordinator knows this worker, from an earlier request, and its welcome was lost.
            return term == self.term ? work(on: message, at: now) : rejoin(at: now)
        case .join, .heartbeat, .partial, .failure, .leave, .unable, .statusRequest, .status:
            return [.ignored]
        }
    }

    /// Whether a message may be acted on. To a member those of lives before that of its coordinator are not even a sign of
    /// life: or it might wait for a dead coordinator as long as another one speaks to it.
    private func isCurrent(_ term: Term) -> Bool {
        guard phase == .member, let own = self.term else { return true }
        return term >= own
    }

    /// Becomes a member, or one of a later life of the coordinator: then what it worked on was of the life before.
    private mutating func welcome(_ welcome: Welcome, term: Term) -> [WorkerEffect] {
        guard phase == .joining || term != self.term else { return [.ignored] }
        phase = .member
        // Whoever welcomes it knows nothing of what it stated before.
        statedReadings = 0
        if self.term != term {
            lastLease = LeaseID(0)
            round = nil
        }
        self.term = term
        // Often enough to hear the answers before the coordinator is given up.
        heartbeat = min(welcome.heartbeat, settings.deathTimeout / 4)
        patience = .milliseconds(250)
        return cancelling([.open(job: welcome.job)])
    }

    private mutating func work(on message: Message, at now: Instant) -> [WorkerEffect] {
        switch message {
        case .round(let notice): return prepare(notice, at: now)
        case .grant(let granted): return begin(granted, at: now)
        case .revoke(let id):
            guard lease?.id == id else { return [.ignored] }
            return cancelling([])
        default: return []
        }
    }

    /// Takes what a round needs. If an array neither came along nor is held, an earlier message was lost, and joining again
    /// brings everything anew.
    private mutating func prepare(_ notice: RoundNotice, at now: Instant) -> [WorkerEffect] {
        if let round, notice.round < round.round { return [.ignored] }
        let isWhole = notice.parameters.indices.allSatisfy {
            notice.attached.contains($0) || round?.parameters.contains(notice.parameters[$0]) == true
        }
        guard isWhole else { return rejoin(at: now) }
        round = notice
        return [.prepare(notice)]
    }

    /// Works on a lease instead of what it worked on before, which the coordinator has given up or it would not grant
    /// another. If it is about to go, that ends what it had to finish.
    private mutating func begin(_ granted: Lease, at now: Instant) -> [WorkerEffect] {
        guard granted.id > lastLease else { return [.ignored] }
        guard !isDraining else { return cancelling([send(.leave, at: now)]) }
        guard granted.round == round?.round else { return rejoin(at: now) }
        let cancelled = cancelling([])
        lastLease = granted.id
        lease = granted
        finishedBlocks = 0
        return cancelled + [.run(granted)]
    }

    /// What it worked on is dropped: the coordinator does not know this worker any more, or this worker has missed what it
    /// was told.
    private mutating func rejoin(at now: Instant) -> [WorkerEffect] {
        guard phase == .member else { return [.ignored] }
        guard !isDraining else { return stop(exitCode: 0, reason: nil) }
        phase = .joining
        round = nil
        return cancelling([send(.join(settings.request), at: now)])
    }

    private mutating func finish(_ notice: PartialNotice, at now: Instant) -> [WorkerEffect] {
        guard phase == .member, let held = lease, isDraining ? notice.lease.isBeginning(of: held) : notice.lease == held
        else { return [.ignored] }
        lease = nil
        let answer = [send(.partial(stating(notice)), at: now)]
        return isDraining ? answer + [send(.leave, at: now)] : answer
    }

    /// An answer with those of the process's readings that have not been stated, for which it comes with all of them.
    private mutating func stating(_ notice: PartialNotice) -> PartialNotice {
        var answer = notice
        answer.readings = Readings(before: statedReadings, Array(notice.readings.stated.dropFirst(statedReadings)))
        statedReadings = max(statedReadings, notice.readings.stated.count)
        return answer
    }

    /// Answers what it has done of the lease at hand, once the tasks at work are done, hands back the rest, and goes.
    private mutating func drain(at now: Instant) -> [WorkerEffect] {
        guard phase == .member else { return stop(exitCode: 0, reason: nil) }
        isDraining = true
        // With a lease at hand it says at once that it wants no other.
        return [lease == nil ? send(.leave, at: now) : send(beat, at: now)]
    }

    private mutating func stop(exitCode: Int32, reason: String?) -> [WorkerEffect] {
        phase = .over
        return cancelling([.exit(code: exitCode, reason: reason)])
    }

    private mutating func cancelling(_ effects: [WorkerEffect]) -> [WorkerEffect] {
        guard let held = lease else { return effects }
        lease = nil
        return [.cancel(held.id)] + effects
    }

    private mutating func send(_ message: Message, at now: Instant) -> WorkerEffect {
        lastSent = now
        return .send(message)
    }
}

// Time.
extension Worker {
    package static let fleetLost: Int32 = 69

    private mutating func watchTime(at now: Instant) -> [WorkerEffect] {
        if now - lastHeard >= settings.deathTimeout {
            return stop(
                exitCode: Self.fleetLost,
                reason: "coordinator not heard for \(settings.deathTimeout.inSeconds) s: "
                    + "\(settings.endpoint); check that it runs and can be reached"
            )
        }
        guard now >= nextMessage else { return [] }
        switch phase {
        case .joining:
            patience = min(patience * 2, .seconds(4))
            return [send(.join(settings.request), at: now)]
        case .member:
            if isDraining && lease == nil { return [send(.leave, at: now)] }
            return [send(beat, at: now)]
        case .over: return []
        }
    }

    private var beat: Message {
        .heartbeat(Heartbeat(lease: lease?.id, finishedBlocks: finishedBlocks, isDraining: isDraining))
    }

    private var nextMessage: Instant {
        lastSent + (phase == .joining ? patience : heartbeat)
    }

    /// When to call `handle(.tick, at:)` if nothing else happens before.
    package var nextDeadline: Instant? {
        phase == .over ? nil : min(nextMessage, lastHeard + settings.deathTimeout)
    }
}

/// What a worker is told once, when it starts.
package struct WorkerSettings: Hashable, Sendable {
    package var request: JoinRequest
    /// Where the coordinator is, for messages to people.
    package var endpoint: String
    /// A coordinator of which nothing was heard for this long is given up.
    package var deathTimeout: Duration

    package init(request: JoinRequest, endpoint: String, deathTimeout: Duration) {
        self.request = request
        self.endpoint = endpoint
        self.deathTimeout = deathTimeout
    }
}

/// What the worker's machine is told.
package enum WorkerEvent: Hashable, Sendable {
    case started
    case received(Message, term: Term)
    /// Bytes of a message that is not complete yet: a sign of life.
    case heard
    case progressed(LeaseID, finishedBlocks: Int)
    /// The answer comes with all that the process has read so far, in the order in which it did.
    case finished(PartialNotice)
    case failed(TaskFailure)
    /// The job cannot be opened here, such as when its files are not to be seen.
    case unable(exitCode: Int32, reason: String)
    /// Somebody asked the worker to go.
    case drain
    case tick
}

/// What the worker's machine asks for, in order.
package enum WorkerEffect: Hashable, Sendable {
    /// A `.partial` goes with the arrays of its answer.
    case send(Message)
    /// Open the program and dataset of a job.
    case open(job: String)
    /// Take the arrays that came with the notice, and keep of the others those that it names.
    case prepare(RoundNotice)
    case run(Lease)
    case cancel(LeaseID)
    case exit(code: Int32, reason: String?)
    /// The event changes nothing.
    case ignored
}

extension Refusal {
    /// What a refused worker exits with (sysexits).
    package var exitCode: Int32 {
        switch code {
        case .fingerprint, .version: 69
        case .data: 65
        case .malformed: 70
        case .key: 77
        }
    }
}
