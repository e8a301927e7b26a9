/// What lies between the coordinator and its workers.
///
/// ZeroMQ over TCP loses nothing and keeps the order on a connection that holds, but connections break, and what was on the
/// way is lost; so the fleet must survive loss. Repetition and reordering are more than TCP does. They cost the protocol
/// nothing, since a late message looks like one of a connection before, and they find more in less time.
struct VirtualNetwork {
    enum Direction: Hashable, Sendable {
        case toCoordinator
        case toWorker
    }

    /// What became of messages.
    struct Counts: Hashable, Sendable {
        var sent = 0
        var lost = 0
        var duplicated = 0
    }

    /// After so long the second copy of a message may come, which lets it outlive the process that sent it.
    private static let longestEcho: Microseconds = 4_000_000

    private let latency: Microseconds
    private let jitter: Microseconds
    private var random: SeededRandom
    /// Faults of the network that may be at work.
    private var faults: [Fault] = []
    /// By slot and direction: what is sent later on a connection arrives later.
    private var lastArrivals: [[Microseconds]]
    private(set) var counts = Counts()

    init(_ options: SimulationOptions) {
        latency = options.latency
        jitter = options.jitter
        random = SeededRandom(seed: options.seed, purpose: 3)
        lastArrivals = Array(repeating: [0, 0], count: options.size.workers)
    }

    mutating func begin(_ fault: Fault) {
        faults.append(fault)
    }

    /// A process has begun at one end: what comes on the new connection may overtake what is left of the old.
    mutating func reconnect(slot: Int) {
        lastArrivals[slot] = [0, 0]
    }

    /// When a message arrives: once, twice or not at all.
    mutating func arrivals(slot: Int, _ direction: Direction, at now: Microseconds) -> [Microseconds] {
        counts.sent += 1
        faults.removeAll { $0.end <= now }
        var delay = latency + random.integer(0...jitter)
        var earliest = now
        var overtaking: Microseconds = 0
        var copies = 1
        for fault in faults {
            switch fault.kind {
            case .partition(let slots, let blocked, let isHeld, _) where slots.contains(slot):
                guard blocked.stops(direction) else { continue }
                guard isHeld else {
                    copies = 0
                    continue
                }
                earliest = max(earliest, fault.end)
            case .slowLink(slot, let more, _): delay += more
            case .loss(let permille, _): if random.chance(permille: permille) { copies = 0 }
            case .duplication(let permille, _): if random.chance(permille: permille) { copies *= 2 }
            case .reordering(let most, _): overtaking = max(overtaking, random.integer(0...most))
            default: continue
            }
        }
        if copies == 0 { counts.lost += 1 }
        if copies > 1 { counts.duplicated += 1 }
        return (0..<copies).map { copy in
            arrival(slot, direction, earliest + delay, by: overtaking + copy * random.integer(0...Self.longestEcho))
        }
    }

    /// - Parameter overtaking: how long the message is held up while others pass it.
    private mutating func arrival(
        _ slot: Int,
        _ direction: Direction,
        _ time: Microseconds,
        by overtaking: Microseconds
    ) -> Microseconds {
        guard overtaking == 0 else { return time + overtaking }
        let place = direction == .toWorker ? 0 : 1
        let arrival = max(time, lastArrivals[slot][place])
        lastArrivals[slot][place] = arrival
        return arrival
    }

    /// Whether what was on its way to a process that is down waits for the next one, in the sender's queue.
    mutating func keepsForNext() -> Bool { random.chance(permille: 500) }
}

extension Fault.Blocked {
    fileprivate func stops(_ direction: VirtualNetwork.Direction) -> Bool {
        switch self {
        case .both: true
        case .toCoordinator: direction == .toCoordinator
        case .toWorkers: direction == .toWorker
        }
    }
}
