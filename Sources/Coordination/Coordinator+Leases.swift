// Who works on which blocks.

extension Coordinator {
    /// Gives every idle worker something to do, as long as there is something.
    mutating func grantLeases(at now: Instant) -> [Effect] {
        guard phase == .working, round != nil else { return [] }
        return workers.indices.flatMap { index in grant(toWorkerAt: index, at: now) }
    }

    private mutating func grant(toWorkerAt index: Int, at now: Instant) -> [Effect] {
        guard let current = round, isIdle(index) else { return [] }
        if let blocks = Placement(of: workers).blocks(for: index, in: current) {
            return send(blocks, toWorkerAt: index, at: now)
        }
        guard let straggler = straggler(in: current, for: workers[index].id, at: now) else { return [] }
        let copied = FleetEvent.leaseCopied(straggler.lease, from: straggler.worker, to: workers[index].id)
        return [.report(copied)] + send(straggler.lease.blocks, toWorkerAt: index, at: now)
    }

    /// Whether the worker at `index` would take a lease.
    private func isIdle(_ index: Int) -> Bool {
        workers[index].lease == nil && workers[index].isFree && !setbacks.isResting(workers[index].id)
    }

    private mutating func send(_ blocks: Range<Int>, toWorkerAt index: Int, at now: Instant) -> [Effect] {
        guard let request = round?.request else { return [] }
        let notice = notice(of: request, toWorkerAt: index)
        lastLease += 1
        let lease = Lease(id: LeaseID(lastLease), round: request.round, blocks: blocks)
        round?.grant(lease, to: workers[index].id, at: now)
        workers[index].lease = lease.id
        return notice + [.send(.grant(lease), to: workers[index].id)]
    }

    /// Tells a worker of the round, with those arrays that it does not hold from the round it was told of before.
    private mutating func notice(of request: RoundRequest, toWorkerAt index: Int) -> [Effect] {
        guard workers[index].round != request.round else { return [] }
        let missing = request.parameters.indices.filter { !workers[index].held.contains(request.parameters[$0]) }
        workers[index].round = request.round
        workers[index].held = request.parameters
        let notice = RoundNotice(
            round: request.round,
            kind: request.kind,
            parameters: request.parameters,
            attached: Array(missing)
        )
        return [.send(.round(notice), to: workers[index].id)]
    }

    /// The oldest lease that takes too long and that nobody else was given as well.
    private func straggler(in current: RoundState, for worker: WorkerID, at now: Instant) -> RoundState.LeaseRecord? {
        current.leases.first {
            $0.worker != worker && now - $0.granted >= settings.timing.straggler
                && current.leases(on: $0.lease.blocks).count == 1
        }
    }

    /// Ends leases that are held by a worker that is heard but gets nothing done.
    mutating func lapseStalledLeases(at now: Instant) -> [Effect] {
        let stalled = round?.leases.filter { now - $0.lastProgress >= settings.timing.stall } ?? []
        return stalled.flatMap { lapse($0, at: now) }
    }

    /// Takes a lease back without an answer. Its blocks go to whoever else is idle, or to the same worker once that is
    /// heard again and has rested.
    mutating func lapse(_ record: RoundState.LeaseRecord, at now: Instant) -> [Effect] {
        round?.release(record.lease.id)
        setbacks.add(record.worker, at: now, settings.timing)
        if let index = index(of: record.worker) {
            workers[index].lease = nil
            workers[index].isStalled = true
        }
        return [
            .send(.revoke(record.lease.id), to: record.worker),
            .report(.leaseLapsed(record.lease, record.worker)),
        ]
    }

    /// When leases need attention although nothing happens.
    var leaseDeadlines: [Instant] {
        guard let round else { return [] }
        let stalls = round.leases.map { $0.lastProgress + settings.timing.stall }
        let hasIdleWorker = workers.indices.contains { isIdle($0) }
        guard phase == .working, hasIdleWorker, round.open.isEmpty else { return stalls }
        let copies = round.leases.filter { round.leases(on: $0.lease.blocks).count == 1 }
        return stalls + copies.map { $0.granted + settings.timing.straggler }
    }
}
