/// A round that is being worked on: which of its blocks are merged, which are leased and which are neither.
struct RoundState: Hashable, Sendable {
    let request: RoundRequest
    /// Blocks that nobody holds and that are not merged.
    private(set) var open: BlockRanges
    /// Blocks whose answers are merged.
    private(set) var merged = BlockRanges()
    /// Answers that were merged, to tell a second copy from a contradiction.
    private(set) var accepted: [Accepted] = []
    /// By number, hence by age.
    private(set) var leases: [LeaseRecord] = []

    struct LeaseRecord: Hashable, Sendable {
        let lease: Lease
        let worker: WorkerID
        let granted: Instant
        var lastProgress: Instant
        var finishedBlocks = 0
    }

    struct Accepted: Hashable, Sendable {
        let blocks: Range<Int>
        let checksum: UInt32
        let worker: WorkerID
    }

    init(_ request: RoundRequest) {
        self.request = request
        open = BlockRanges(request.tasks)
    }

    var isComplete: Bool { merged.contains(request.tasks) }

    func lease(_ id: LeaseID) -> LeaseRecord? {
        leases.first { $0.lease.id == id }
    }

    /// The leases on exactly these blocks.
    func leases(on blocks: Range<Int>) -> [LeaseRecord] {
        leases.filter { $0.lease.blocks == blocks }
    }

    mutating func grant(_ lease: Lease, to worker: WorkerID, at now: Instant) {
        open.remove(lease.blocks)
        leases.append(LeaseRecord(lease: lease, worker: worker, granted: now, lastProgress: now))
    }

    mutating func note(progress finishedBlocks: Int, on id: LeaseID, at now: Instant) {
        guard let index = leases.firstIndex(where: { $0.lease.id == id }) else { return }
        if finishedBlocks > leases[index].finishedBlocks {
            leases[index].finishedBlocks = finishedBlocks
            leases[index].lastProgress = now
        }
    }

    /// Ends a lease without an answer. Its blocks are open again unless another lease holds the same.
    mutating func release(_ id: LeaseID) {
        guard let index = leases.firstIndex(where: { $0.lease.id == id }) else { return }
        let blocks = leases.remove(at: index).lease.blocks
        if leases(on: blocks).isEmpty && !merged.overlaps(blocks) {
            open.insert(blocks)
        }
    }

    /// Merges an answer for blocks that are open or leased as a whole, and ends the leases on them.
    /// - Returns: the leases that ended.
    mutating func accept(_ notice: PartialNotice, from worker: WorkerID) -> [LeaseRecord] {
        let blocks = notice.lease.blocks
        let ended = leases(on: blocks)
        leases.removeAll { $0.lease.blocks == blocks }
        open.remove(blocks)
        merged.insert(blocks)
        accepted.append(Accepted(blocks: blocks, checksum: notice.checksum, worker: worker))
        return ended
    }
}
