/// What can be done to a fleet. The words are those of Jepsen and Toxiproxy where they have one.
package enum FaultKind: String, Sendable, Codable, CaseIterable {
    // Processes.
    /// SIGKILL.
    case kill
    /// SIGTERM: a worker hands back what it has not begun, a coordinator finishes its round.
    case terminate
    /// SIGSTOP, and SIGCONT after a while.
    case pause
    /// A worker is replaced by one that ends at a named point of its work.
    case exit
    /// A worker is replaced by one that stands still for a while before it does anything.
    case slowStart = "slow-start"

    // Messages between workers and coordinator.
    /// Messages come later, in order.
    case latency
    /// Messages are lost.
    case drop
    /// Messages come twice.
    case duplicate
    /// Messages overtake each other.
    case reorder
    /// Frames are cut short.
    case truncate
    /// One bit of a message is another.
    case bitFlip = "bit-flip"
    /// Nothing passes, one way or both.
    case partition
    /// Messages pass at so many bytes per second.
    case bandwidth
    /// Connections to the coordinator are broken and made again.
    case reset

    // The coordinator's disk.
    /// Nothing more can be written: every write fails.
    case diskFull = "disk-full"
    /// The coordinator dies and the last record of its journal is cut short.
    case tornWrite = "torn-write"

    // The machine.
    /// Other processes want the processors.
    case cpuHog = "cpu-hog"

    /// Whether it is done to messages, for which the fleet must speak through the proxy.
    package var isOfNetwork: Bool {
        switch self {
        case .latency, .drop, .duplicate, .reorder, .truncate, .bitFlip, .partition, .bandwidth, .reset: true
        default: false
        }
    }

    /// Whether it goes on for a time (`for`), after which it is taken back.
    package var lasts: Bool {
        switch self {
        case .kill, .terminate, .exit, .reset, .diskFull, .tornWrite: false
        default: true
        }
    }

    /// What it can be done to; the first unless the plan says otherwise.
    package var targets: [Target] {
        switch self {
        case .kill, .terminate, .pause: [.one, .minority, .majority, .all, .coordinator]
        case .diskFull, .tornWrite: [.coordinator]
        case .cpuHog: [.machine]
        default: [.one, .minority, .majority, .all]
        }
    }
}

/// Whom a fault is done to: so many of the workers, or another.
package enum Target: String, Sendable, Codable, CaseIterable {
    case one
    /// Fewer than half of the workers, at least one.
    case minority
    /// More than half of the workers.
    case majority
    case all
    case coordinator
    case machine

    /// How many of `workers` it means.
    package func count(of workers: Int) -> Int {
        switch self {
        case .one: min(1, workers)
        case .minority: min(workers, max(1, (workers - 1) / 2))
        case .majority: min(workers, workers / 2 + 1)
        case .all: workers
        case .coordinator, .machine: 0
        }
    }
}

/// Which way messages go that a fault is done to.
package enum Ways: String, Sendable, Codable, CaseIterable {
    case both
    case toCoordinator = "to-coordinator"
    case toWorkers = "to-workers"
}
