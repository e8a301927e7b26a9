import Clustering
import Coordination

/// One process of a worker: what its shell holds.
final class WorkerProcess {
    let id: WorkerID
    let slot: Int
    let clock: VirtualClock
    var machine: any WorkerMachine

    var isOpen = false
    var parameters: [ParameterReference: Parameter] = [:]
    var round: Round?
    var roundID: RoundID?
    var computation: Computation?
    /// Until when the computing thread is busy with a block of a lease that was cancelled.
    var busyUntil: Microseconds = 0

    var pending: [WorkerEvent] = [.started]
    var inbox: [Packet] = []
    var stalledUntil: Microseconds = 0
    var alarm: Microseconds?
    var isDraining = false
    /// Whether it has another copy of the data than the others.
    let isStale: Bool
    /// What it has read, in order.
    var readings: [Reading] = []

    init(id: WorkerID, slot: Int, clock: VirtualClock, machine: any WorkerMachine, isStale: Bool) {
        self.id = id
        self.slot = slot
        self.clock = clock
        self.machine = machine
        self.isStale = isStale
    }

    /// Takes down the blocks that it has not read before.
    func read(_ blocks: Range<Int>) {
        for block in blocks where !readings.contains(where: { $0.stretch == block }) {
            readings.append(ReferenceRun.reading(of: block, isStale: isStale))
        }
    }
}

/// The tasks of a lease, block after block on some threads.
struct Computation {
    let lease: Lease
    /// Tells this computation from those before it, whose end may still be on the agenda.
    let number: Int
    private let waves: Int
    private let threads: Int
    private let blockTime: Microseconds
    private var start: Microseconds
    /// Finished when it was held up last.
    private var least = 0
    /// Blocks that the machine was told of.
    var told = 0

    init(_ lease: Lease, number: Int, threads: Int, blockTime: Microseconds, start: Microseconds) {
        self.lease = lease
        self.number = number
        self.threads = threads
        self.blockTime = blockTime
        self.start = start
        waves = (lease.blocks.count + threads - 1) / threads
    }

    var end: Microseconds { start + waves * blockTime }

    func finishedBlocks(at now: Microseconds) -> Int {
        let waves = max(least, max(0, now - start) / blockTime)
        return min(lease.blocks.count, waves * threads)
    }

    /// When the blocks at hand are done.
    func endOfBlocks(at now: Microseconds) -> Microseconds {
        now <= start ? now : start + ((now - start) / blockTime + 1) * blockTime
    }

    /// The blocks at hand take `span` longer.
    mutating func holdUp(by span: Microseconds, at now: Microseconds) {
        least = max(least, max(0, now - start) / blockTime)
        start += span
    }
}
