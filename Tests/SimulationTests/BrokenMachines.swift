import Clustering
import Coordination
import Simulation
import Tensors

/// A coordinator that decides as the real one, but for one thing.
protocol BrokenCoordinator: CoordinatorMachine, SendableMetatype {
    var machine: Coordinator { get set }

    init(machine: Coordinator)
    mutating func distort(_ event: Event) -> Event
    mutating func distort(_ effects: [Effect], of event: Event) -> [Effect]
}

extension BrokenCoordinator {
    mutating func handle(_ event: Event, at now: Instant) -> [Effect] {
        let distorted = distort(event)
        return distort(machine.handle(distorted, at: now), of: distorted)
    }

    func distort(_ event: Event) -> Event { event }
    func distort(_ effects: [Effect], of event: Event) -> [Effect] { effects }

    var nextDeadline: Instant? { machine.nextDeadline }
    func invariants() -> String? { machine.invariants() }

    static var parts: FleetParts {
        var parts = FleetParts()
        parts.coordinator = { Self(machine: Coordinator(term: $0, settings: $1, at: $2)) }
        return parts
    }
}

/// Counts an answer that is late and has been merged already.
struct CountsLateAnswers: BrokenCoordinator {
    var machine: Coordinator

    func distort(_ effects: [Effect], of event: Event) -> [Effect] {
        guard case .received(.partial(let notice), let worker) = event else { return effects }
        return effects.map { $0 == .ignored(because: .alreadyMerged) ? .merge(notice, from: worker) : $0 }
    }
}

/// Takes every answer, whatever it was computed from.
struct TrustsEveryCopy: BrokenCoordinator {
    var machine: Coordinator

    func distort(_ event: Event) -> Event {
        guard case .received(.partial(var notice), let worker) = event else { return event }
        notice.readings = Readings()
        return .received(.partial(notice), from: worker)
    }
}

/// Does not grant again what lapsed.
struct ForgetsLapsedLeases: BrokenCoordinator {
    var machine: Coordinator
    private var forgotten: [Lease] = []

    init(machine: Coordinator) { self.machine = machine }

    mutating func distort(_ effects: [Effect], of event: Event) -> [Effect] {
        for case .report(.leaseLapsed(let lease, _)) in effects { forgotten.append(lease) }
        return effects.filter { effect in
            guard case .send(.grant(let lease), _) = effect else { return true }
            return !forgotten.contains { $0.round == lease.round && $0.blocks.overlaps(lease.blocks) }
        }
    }
}

/// Grants each block once, whatever becomes of who has it.
struct NeverGrantsAgain: BrokenCoordinator {
    var machine: Coordinator
    private var granted: [Lease] = []

    init(machine: Coordinator) { self.machine = machine }

    mutating func distort(_ effects: [Effect], of event: Event) -> [Effect] {
        effects.filter { effect in
            guard case .send(.grant(let lease), _) = effect else { return true }
            if granted.contains(where: { $0.round == lease.round && $0.blocks.overlaps(lease.blocks) }) { return false }
            granted.append(lease)
            return true
        }
    }
}

/// Tells the fleet of a round before it has recorded what the round begins from.
struct SpeaksBeforeTheRecord: BrokenCoordinator {
    var machine: Coordinator

    func distort(_ effects: [Effect], of event: Event) -> [Effect] {
        effects.filter { !$0.isRecord } + effects.filter(\.isRecord)
    }
}

/// Takes a round for done without its last block.
struct SkipsTheLastBlock: BrokenCoordinator {
    var machine: Coordinator

    func distort(_ event: Event) -> Event {
        guard case .roundReady(var request) = event else { return event }
        request.blocks -= 1
        return .roundReady(request)
    }
}

extension Effect {
    fileprivate var isRecord: Bool {
        if case .record = self { true } else { false }
    }
}

/// A worker that decides as the real one, but for one thing.
protocol BrokenWorker: WorkerMachine, SendableMetatype {
    var machine: Worker { get set }

    init(machine: Worker)
    func distort(_ event: WorkerEvent) -> WorkerEvent?
}

extension BrokenWorker {
    mutating func handle(_ event: WorkerEvent, at now: Instant) -> [WorkerEffect] {
        distort(event).map { machine.handle($0, at: now) } ?? []
    }

    var term: Term? { machine.term }
    var nextDeadline: Instant? { machine.nextDeadline }

    static var parts: FleetParts {
        var parts = FleetParts()
        parts.worker = { Self(machine: Worker(settings: $0, at: $1)) }
        return parts
    }
}

/// Takes what any life of the coordinator says for what its own says.
struct IgnoresTerms: BrokenWorker {
    var machine: Worker

    func distort(_ event: WorkerEvent) -> WorkerEvent? {
        guard case .received(let message, let term) = event else { return event }
        switch message {
        case .round, .grant, .revoke, .acknowledgement: return .received(message, term: machine.term ?? term)
        default: return event
        }
    }
}

/// Goes on with what was revoked.
struct IgnoresRevocation: BrokenWorker {
    var machine: Worker

    func distort(_ event: WorkerEvent) -> WorkerEvent? {
        if case .received(.revoke, _) = event { .heard } else { event }
    }
}

enum BrokenParts {
    /// Copies leases that are hardly any time old.
    static var copiesAtOnce: FleetParts {
        var parts = FleetParts()
        parts.coordinator = { term, settings, now in
            var settings = settings
            settings.timing.straggler = settings.timing.straggler / 4
            return Coordinator(term: term, settings: settings, at: now)
        }
        return parts
    }

    /// A worker that is started again has the identity of the process before.
    static var reusesIdentities: FleetParts {
        var parts = FleetParts()
        parts.identity = { slot, _ in WorkerID(UInt64(slot + 1) << 32) }
        return parts
    }

    /// Adds sums up as they come, in single precision.
    static var mergesInArrivalOrder: FleetParts {
        var parts = FleetParts()
        parts.merge = { whole, partial in
            whole.merge(partial)
            whole = Partial(zip(whole.names, whole.fields).map { (name: $0, field: $1.inSinglePrecision) })
        }
        return parts
    }
}

extension Partial.Field {
    /// Totals rounded, which depends on what was added up before.
    fileprivate var inSinglePrecision: Partial.Field {
        guard case .sums(let sums) = self,
            let rounded = try? FixedPointSums(
                rows: sums.rows,
                columns: sums.columns,
                rule: sums.rule,
                coarseTotals: sums.coarseTotals.map { Int64(Float($0)) },
                fineTotals: sums.fineTotals,
                counts: sums.counts
            )
        else { return self }
        return .sums(rounded)
    }
}
