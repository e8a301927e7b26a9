@testable import Coordination

/// What goes wrong in a simulated fleet. Chances are in thousandths.
struct Faults {
    var loss = 0
    var duplicate = 0
    /// Of a message that takes seconds where others take milliseconds, and so is overtaken.
    var delay = 0
    /// Of a worker that ends without a word, per step.
    var crash = 0
    var drain = 0
    var newcomer = 0
    /// Of a lease that is worked on for very long.
    var slow = 0

    static let none = Faults()
}

/// A coordinator and its workers, joined by a network that loses, repeats and reorders, in a time of its own. Both sides
/// are the machines that the services drive; only the computation is a pretence.
struct SimulatedFleet {
    private(set) var now = Instant(.zero)
    private(set) var coordinator: Coordinator
    private(set) var nodes: [Node] = []
    private(set) var checker = FleetChecker()
    private(set) var outcome: Outcome?
    var faults = Faults.none

    private var random: SplitMix64
    private var packets: [Packet] = []
    private var lastNode: UInt64 = 0
    private var pending: [Event] = []

    /// A worker's process.
    struct Node {
        let id: WorkerID
        var machine: Worker
        /// When the lease that it works on is done.
        var computation: (lease: Lease, done: Instant)?
        var held: Set<ParameterReference> = []
        var round: RoundID?
    }

    private struct Packet {
        let message: Message
        let worker: WorkerID
        let isToCoordinator: Bool
        let arrival: Instant
    }

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        var settings = FleetSettings()
        settings.leastWorkers = random.integer(1...2)
        settings.timing.quorum = .seconds(100_000)
        coordinator = Coordinator(term: Term(1), settings: settings, at: now)
        start()
        start()
        pending = [.roundReady(request(1))]
        settle()
    }

    /// Begins one more worker.
    mutating func start() {
        lastNode += 1
        let request = JoinRequest(
            name: "host:\(lastNode)",
            process: Int32(lastNode),
            threads: random.integer(1...4),
            fingerprint: "x"
        )
        let settings = WorkerSettings(request: request, endpoint: "simulated", deathTimeout: .seconds(100_000))
        nodes.append(Node(id: WorkerID(lastNode), machine: Worker(settings: settings, at: now)))
        handle(.started, at: nodes.endIndex - 1)
    }

    /// Something happens: a fault, or whatever is due next.
    mutating func step() {
        if random.chance(faults.crash, in: 1000), !nodes.isEmpty { crash() }
        if nodes.isEmpty || (random.chance(faults.newcomer, in: 1000) && nodes.count < 6) { start() }
        if random.chance(faults.drain, in: 1000), !nodes.isEmpty {
            handle(.drain, at: random.integer(0...nodes.count - 1))
        }
        let due = dueTimes.min() ?? now
        if due > now, random.chance(100, in: 1000) {
            // Ticks may come at any time.
            now = min(due, now + random.milliseconds(0...300))
            tell(.tick)
        } else {
            now = max(now, due)
            act()
        }
        settle()
    }

    private var dueTimes: [Instant] {
        packets.map(\.arrival) + nodes.compactMap(\.machine.nextDeadline) + nodes.compactMap { $0.computation?.done }
            + [coordinator.nextDeadline].compactMap { $0 }
    }

    private mutating func act() {
        if let index = packets.firstIndex(where: { $0.arrival <= now }) {
            deliver(packets.remove(at: index))
        } else if let index = nodes.firstIndex(where: { ($0.computation?.done).map { $0 <= now } == true }) {
            finish(at: index)
        } else if let index = nodes.firstIndex(where: { ($0.machine.nextDeadline).map { $0 <= now } == true }) {
            let effects = handle(.tick, at: index)
            checker.expect(!effects.isEmpty, "a worker's deadline brought nothing about")
        } else if let deadline = coordinator.nextDeadline, deadline <= now {
            let effects = tell(.tick)
            checker.expect(!effects.isEmpty, "the coordinator's deadline brought nothing about")
            checker.expect(tell(.tick).isEmpty, "a second tick at the same time brought something about")
        }
    }

    private mutating func crash() {
        let node = nodes.remove(at: random.integer(0...nodes.count - 1))
        if random.chance(500, in: 1000) {
            tell(.gone(node.id, because: "crashed"))
        }
    }

    private mutating func deliver(_ packet: Packet) {
        if packet.isToCoordinator {
            tell(.received(packet.message, from: packet.worker))
        } else if let index = nodes.firstIndex(where: { $0.id == packet.worker }) {
            handle(.received(packet.message, term: coordinator.term), at: index)
        }
    }

    private mutating func finish(at index: Int) {
        guard let lease = nodes[index].computation?.lease else { return }
        nodes[index].computation = nil
        handle(.finished(PartialNotice(lease: lease, checksum: UInt32(lease.blocks.answer))), at: index)
    }

    private mutating func settle() {
        while !pending.isEmpty {
            tell(pending.removeFirst())
        }
    }

    private mutating func request(_ number: UInt64) -> RoundRequest {
        RoundRequest(
            round: RoundID(number),
            kind: "assign",
            parameters: [
                ParameterReference(name: "mask", version: number / 3),
                ParameterReference(name: "centroids", version: number),
            ],
            blocks: random.integer(1...24)
        )
    }
}

// The coordinator's side.
extension SimulatedFleet {
    @discardableResult
    private mutating func tell(_ event: Event) -> [Effect] {
        let effects = twice(event)
        if let broken = coordinator.invariants() { checker.expect(false, broken) }
        checker.expect(coordinator.nextDeadline.map { $0 > now } ?? true, "a deadline is not in the future")
        checker.judge(effects, of: event)
        for effect in effects {
            perform(effect)
        }
        return effects
    }

    /// Every so often, since it takes its time, the event is told to a copy as well, which must come to the same.
    private mutating func twice(_ event: Event) -> [Effect] {
        guard random.chance(1, in: 16) else { return coordinator.handle(event, at: now) }
        var twin = coordinator
        let effects = coordinator.handle(event, at: now)
        checker.expect(twin.handle(event, at: now) == effects, "the same event had other effects")
        checker.expect(twin == coordinator, "the same event led to another state")
        return effects
    }

    private mutating func perform(_ effect: Effect) {
        switch effect {
        case .send(let message, let worker): transmit(message, with: worker, isToCoordinator: false)
        case .advance(let round): pending.append(.roundReady(request(round.rawValue + 1)))
        case .stop(let outcome): self.outcome = outcome
        case .merge, .ignored, .report, .record: break
        }
    }
}

// The workers' side.
extension SimulatedFleet {
    @discardableResult
    private mutating func handle(_ event: WorkerEvent, at index: Int) -> [WorkerEffect] {
        var twin = nodes[index].machine
        let effects = nodes[index].machine.handle(event, at: now)
        checker.expect(twin.handle(event, at: now) == effects, "a worker's effects differ for the same event")
        checker.expect(twin == nodes[index].machine, "a worker's state differs for the same event")
        checker.expect(nodes[index].machine.nextDeadline.map { $0 > now } ?? true, "a worker's deadline has passed")
        for effect in effects where effect != .ignored {
            perform(effect, at: index)
        }
        if nodes[index].machine.nextDeadline == nil {
            nodes.remove(at: index)
        }
        return effects
    }

    private mutating func perform(_ effect: WorkerEffect, at index: Int) {
        switch effect {
        case .send(let message): transmit(message, with: nodes[index].id, isToCoordinator: true)
        case .prepare(let notice):
            let attached = Set(notice.attached.map { notice.parameters[$0] })
            nodes[index].held = nodes[index].held.union(attached).intersection(notice.parameters)
            nodes[index].round = notice.round
            checker.expect(nodes[index].held == Set(notice.parameters), "a worker lacks an array of its round")
        case .run(let lease):
            checker.expect(nodes[index].round == lease.round, "a worker runs a round it is not prepared for")
            checker.expect(nodes[index].computation == nil, "a worker runs two leases")
            let isSlow = random.chance(faults.slow, in: 1000)
            let span = isSlow ? random.milliseconds(1000...300_000) : random.milliseconds(1...400)
            nodes[index].computation = (lease, now + span)
        case .cancel(let lease):
            checker.expect(nodes[index].computation?.lease.id == lease, "a worker cancels what it does not run")
            nodes[index].computation = nil
        case .open, .exit, .ignored: break
        }
    }

    private mutating func transmit(_ message: Message, with worker: WorkerID, isToCoordinator: Bool) {
        guard !random.chance(faults.loss, in: 1000) else { return }
        for _ in 0..<(random.chance(faults.duplicate, in: 1000) ? 2 : 1) {
            let isLate = random.chance(faults.delay, in: 1000)
            let arrival = now + (isLate ? random.milliseconds(50...8000) : .milliseconds(1))
            let packet = Packet(message: message, worker: worker, isToCoordinator: isToCoordinator, arrival: arrival)
            // Sorted by arrival, and those of one time in the order in which they were sent.
            packets.insert(packet, at: packets.firstIndex { $0.arrival > arrival } ?? packets.endIndex)
        }
    }
}

extension Range<Int> {
    /// The answer that a pure task gives for these blocks.
    fileprivate var answer: Int { lowerBound * 1000 + upperBound }
}
