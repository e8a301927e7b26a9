extension Coordinator {
    /// What must hold after every event; nil when it does. Checked after each in debug builds and in tests.
    package func invariants() -> String? {
        if Set(workers.map(\.id)).count != workers.count { return "a worker is known twice" }
        guard let round else {
            return workers.allSatisfy { $0.lease == nil } ? nil : "a lease outlives its round"
        }
        return round.invariants() ?? leaseHolders(in: round)
    }

    private func leaseHolders(in round: RoundState) -> String? {
        let held = workers.compactMap(\.lease)
        guard held.allSatisfy({ round.lease($0) != nil }) else { return "a worker holds a lease that is not known" }
        for record in round.leases {
            guard let index = index(of: record.worker) else { return "a lease is held by a stranger" }
            guard workers[index].lease == record.lease.id else { return "a worker holds two leases" }
        }
        return nil
    }
}

extension RoundState {
    /// Each block is open, leased or merged, and only one of these; leases are on the same blocks or on none in common.
    func invariants() -> String? {
        if leases.contains(where: { open.overlaps($0.lease.blocks) }) { return "a leased block is open" }
        if leases.contains(where: { merged.overlaps($0.lease.blocks) }) { return "a merged block is leased" }
        if merged.ranges.contains(where: { open.overlaps($0) }) { return "a merged block is open" }
        var all = open
        for range in merged.ranges { all.insert(range) }
        for record in leases { all.insert(record.lease.blocks) }
        if !all.contains(request.tasks) { return "a block is forgotten" }
        for (position, record) in leases.enumerated() {
            for other in leases[..<position] where other.lease.blocks != record.lease.blocks {
                if other.lease.blocks.overlaps(record.lease.blocks) { return "two leases overlap in part" }
            }
        }
        return nil
    }
}
