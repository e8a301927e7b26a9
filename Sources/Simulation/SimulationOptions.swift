import Coordination

/// How large the simulated fleets are.
package struct SimulationSize: Hashable, Sendable {
    package var workers = 5
    package var blocks = 40

    package init(workers: Int = 5, blocks: Int = 40) {
        self.workers = workers
        self.blocks = blocks
    }
}

/// Everything about a simulation but its faults, as it follows from the seed.
struct SimulationOptions: Sendable {
    /// The most by which a clock runs fast or slow, in millionths.
    static let largestDrift = 20_000

    let seed: UInt64
    let size: SimulationSize
    /// Which of the reference runs the fleet works on.
    let job: Int
    let settings: FleetSettings
    /// After which silence of its coordinator a worker gives up.
    let deathTimeout: Duration
    /// How long a block takes.
    let blockTime: Microseconds
    /// Of the worker in each slot.
    let workers: [WorkerOptions]
    let latency: Microseconds
    let jitter: Microseconds
    /// How long it takes to sync a record.
    let recordTime: Microseconds
    /// How many rounds may be done that are not on disk.
    let unrecordedRounds: Int
    /// By how many millionths the coordinator's clock runs fast.
    let coordinatorDrift: Int
    /// When the last fault ends.
    let faultsEnd: Microseconds

    struct WorkerOptions: Sendable {
        let threads: Int
        /// Its time for a block, in hundredths of the others'.
        let slowness: Int
        let drift: Int
        /// When it is started.
        let start: Microseconds
    }

    init(seed: UInt64, size: SimulationSize, jobs: Int) {
        var random = SeededRandom(seed: seed, purpose: 1)
        self.seed = seed
        self.size = size
        job = random.integer(0...jobs - 1)
        var settings = FleetSettings()
        settings.leastWorkers = min(size.workers, random.integer(1...2))
        settings.timing.suspicion = .milliseconds(random.integer(800...3000))
        settings.timing.stall = .milliseconds(random.integer(3000...12_000))
        settings.timing.straggler = .milliseconds(random.integer(500...4000))
        // The answer must come, however long it takes.
        settings.timing.quorum = .seconds(1_000_000)
        deathTimeout = .milliseconds(random.integer(6000...20_000))
        blockTime = random.integer(20...200) * 1000
        let drift = random.chance(permille: 500) ? Self.largestDrift : 0
        coordinatorDrift = random.integer(-drift...drift)
        workers = (0..<size.workers).map { _ in
            WorkerOptions(
                threads: random.integer(1...3),
                slowness: random.chance(permille: 200) ? random.integer(150...600) : 100,
                drift: random.integer(-drift...drift),
                start: random.magnitude(0...3000) * 1000
            )
        }
        latency = random.chance(permille: 500) ? random.magnitude(50...1000) : random.integer(50...40_000)
        jitter = random.chance(permille: 500) ? random.magnitude(0...1000) : random.integer(0...60_000)
        recordTime = random.magnitude(500...300_000)
        unrecordedRounds = random.integer(0...2)
        faultsEnd = random.integer(2000...12_000) * 1000
        settings.leastToGoOn = random.integer(1...settings.leastWorkers)
        self.settings = settings
    }

    /// What a run that has no faults any more may take at most, with room to spare: everybody is heard again or has given
    /// up, what hung has lapsed, and every round is done by the slowest worker alone.
    func patience(rounds: Int) -> Microseconds {
        let slowest = workers.map { blockTime * $0.slowness / 100 }.max() ?? blockTime
        let round = slowest * size.blocks + settings.timing.straggler.inMicroseconds + recordTime
        let recovery = settings.timing.stall.inMicroseconds + deathTimeout.inMicroseconds
        return 2 * recovery + 20_000_000 + rounds * round
    }
}

extension SimulationOptions: CustomStringConvertible {
    var description: String {
        let timing = settings.timing
        let slots = workers.enumerated().map { slot, worker in
            "  worker \(slot + 1): \(worker.threads) threads, \(worker.slowness) % of the time for a block, "
                + "clock \(worker.drift) ppm, from \(worker.start.seconds) s"
        }
        return
            ([
                "  job \(job + 1) over \(size.blocks) blocks of \(blockTime.seconds) s; \(unrecordedRounds) rounds may be "
                    + "unrecorded, a record takes \(recordTime.seconds) s",
                "  suspicion \(timing.suspicion.milliseconds) ms, stall \(timing.stall.milliseconds) ms, straggler "
                    + "\(timing.straggler.milliseconds) ms, death \(deathTimeout.milliseconds) ms, at least "
                    + "\(settings.leastWorkers) workers to start and \(settings.leastToGoOn) to go on",
                "  messages take \(latency.seconds) s and up to \(jitter.seconds) s more; coordinator's clock "
                    + "\(coordinatorDrift) ppm; faults end at \(faultsEnd.seconds) s",
            ] + slots).joined(separator: "\n")
    }
}

extension Microseconds {
    /// Seconds to the microsecond, without zeros at the end.
    var seconds: String {
        let fraction = String(String(1_000_000 + self % 1_000_000).dropFirst())
        let digits = String(fraction.reversed().drop { $0 == "0" }.reversed())
        return "\(self / 1_000_000)" + (digits.isEmpty ? "" : "." + digits)
    }
}
