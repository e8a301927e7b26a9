/// A lease that ended without an answer, and what became of its blocks.
package struct LeaseMove: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case lost(because: String)
        case left
        /// The worker is heard, but finished nothing for too long.
        case lapsed
        /// The worker began anew: a message had not reached it.
        case rejoined
        /// The worker is slow; its lease goes on, and the first answer wins.
        case copied
    }

    package struct Taker: Hashable, Sendable {
        package var worker: WorkerID
        package var blocks: Range<Int>

        package init(worker: WorkerID, blocks: Range<Int>) {
            self.worker = worker
            self.blocks = blocks
        }
    }

    package var lease: Lease
    package var worker: WorkerID
    package var reason: Reason
    package var time: Instant
    /// Who was given the blocks instead, in order; a stretch may be cut otherwise than before.
    package var takers: [Taker]

    /// Whether all of its blocks are leased again.
    package var isComplete: Bool { takers.map(\.blocks.count).reduce(0, +) == lease.blocks.count }

    package init(lease: Lease, worker: WorkerID, reason: Reason, time: Instant, takers: [Taker] = []) {
        self.lease = lease
        self.worker = worker
        self.reason = reason
        self.time = time
        self.takers = takers
    }
}

/// Follows the effects of a coordinator's machine to tell which blocks were taken from whom and given to whom.
package struct LeaseMoves: Hashable, Sendable {
    package static let capacity = 32

    /// The latest last.
    package private(set) var moves: [LeaseMove] = []
    private var held: [WorkerID: Lease] = [:]
    private var completed: [LeaseMove] = []

    package init() {}

    /// Takes the effects of one event, in their order.
    /// - Returns: the moves that they completed; copies, which take nothing from anybody, are not among them.
    @discardableResult
    package mutating func note(_ effects: [Effect], at now: Instant) -> [LeaseMove] {
        completed = []
        for effect in effects { note(effect, at: now) }
        return completed
    }

    private mutating func note(_ effect: Effect, at now: Instant) {
        switch effect {
        case .send(.grant(let lease), let worker): grant(lease, to: worker)
        case .send(.welcome, let worker): end(of: worker, .rejoined, at: now)
        case .merge(let notice, let worker):
            cut(notice, of: worker, at: now)
            held = held.filter { $0.value.blocks != notice.lease.blocks }
        case .advance: held = [:]
        case .report(.lost(let worker, let reason)): end(of: worker, .lost(because: reason), at: now)
        case .report(.left(let worker)): end(of: worker, .left, at: now)
        case .report(.leaseLapsed(_, let worker)): end(of: worker, .lapsed, at: now)
        case .report(.leaseCopied(let lease, let slow, _)):
            add(LeaseMove(lease: lease, worker: slow, reason: .copied, time: now))
        default: return
        }
    }

    private mutating func end(of worker: WorkerID, _ reason: LeaseMove.Reason, at now: Instant) {
        guard let lease = held.removeValue(forKey: worker) else { return }
        add(LeaseMove(lease: lease, worker: worker, reason: reason, time: now))
    }

    /// A worker that goes answers the beginning of its lease; the rest is free from then on.
    private mutating func cut(_ notice: PartialNotice, of worker: WorkerID, at now: Instant) {
        guard var lease = held[worker], lease.id == notice.lease.id, lease.blocks != notice.lease.blocks else { return }
        held[worker] = nil
        lease.blocks = notice.lease.blocks.upperBound..<lease.blocks.upperBound
        add(LeaseMove(lease: lease, worker: worker, reason: .left, time: now))
    }

    private mutating func add(_ move: LeaseMove) {
        if moves.count == Self.capacity { moves.removeFirst() }
        moves.append(move)
    }

    /// The blocks of a grant belong to the last move of them.
    private mutating func grant(_ lease: Lease, to worker: WorkerID) {
        held[worker] = lease
        var rest = BlockRanges(lease.blocks)
        for index in moves.indices.reversed() where moves[index].lease.round == lease.round {
            for range in rest.ranges {
                let blocks = range.clamped(to: moves[index].lease.blocks)
                guard !blocks.isEmpty else { continue }
                moves[index].takers.append(LeaseMove.Taker(worker: worker, blocks: blocks))
                rest.remove(blocks)
                if moves[index].isComplete && moves[index].reason != .copied { completed.append(moves[index]) }
            }
        }
    }
}
