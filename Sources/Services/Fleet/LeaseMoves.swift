import Coordination

/// Sees from what the coordinator's machine asks for how blocks that were taken from one worker come to others.
struct LeaseMoves {
    /// All blocks of a lease that a worker lost are leased again.
    struct Move: Equatable {
        let lease: Lease
        let from: WorkerID
        /// Who got the last of them.
        let to: WorkerID
    }

    private struct Taken {
        let lease: Lease
        let from: WorkerID
        var blocks: Set<Int>
    }

    private var held: [WorkerID: Lease] = [:]
    private var taken: [Taken] = []

    /// Takes an effect of the machine, in their order.
    mutating func note(_ effect: Effect) -> [Move] {
        switch effect {
        case .send(.grant(let lease), let worker):
            held[worker] = lease
            return give(lease, to: worker)
        case .merge(let notice, let worker):
            held[worker] = nil
            // An answer that came after all leaves nothing to do again.
            for index in taken.indices { taken[index].blocks.subtract(notice.lease.blocks) }
            taken.removeAll(where: \.blocks.isEmpty)
        case .report(.lost(let worker, _)), .report(.left(let worker)), .report(.leaseLapsed(_, let worker)):
            guard let lease = held.removeValue(forKey: worker) else { break }
            taken.append(Taken(lease: lease, from: worker, blocks: Set(lease.blocks)))
        case .advance:
            (held, taken) = ([:], [])
        default: break
        }
        return []
    }

    private mutating func give(_ lease: Lease, to worker: WorkerID) -> [Move] {
        for index in taken.indices { taken[index].blocks.subtract(lease.blocks) }
        let moved = taken.filter(\.blocks.isEmpty).map { Move(lease: $0.lease, from: $0.from, to: worker) }
        taken.removeAll(where: \.blocks.isEmpty)
        return moved
    }
}
