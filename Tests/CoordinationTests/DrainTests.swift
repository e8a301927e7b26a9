import Testing

@testable import Coordination

/// A worker that goes answers what it has done of its lease.
struct DrainTests {
    private let a = WorkerID(1)
    private let b = WorkerID(2)
    private let now = Instant(.seconds(1))

    private func machine(_ workers: [WorkerID]) -> Coordinator {
        var machine = Coordinator(term: Term(1), settings: FleetSettings(), at: Instant(.zero))
        for worker in workers {
            let request = JoinRequest(name: "w", process: 1, threads: 1, fingerprint: "x")
            _ = machine.handle(.received(.join(request), from: worker), at: Instant(.zero))
        }
        let request = RoundRequest(round: RoundID(1), kind: "assign", parameters: [], blocks: 32)
        _ = machine.handle(.roundReady(request), at: Instant(.zero))
        return machine
    }

    private func lease(of worker: WorkerID, in machine: Coordinator) throws -> Lease {
        try #require(machine.status(at: now).workers.first { $0.id == worker }?.lease?.lease)
    }

    private func beginning(of lease: Lease, blocks: Int) -> PartialNotice {
        PartialNotice(lease: Lease(id: lease.id, round: lease.round, blocks: lease.blocks.prefix(blocks)), checksum: 1)
    }

    @Test func `the coordinator merges the first blocks of a lease and gives the rest to others`() throws {
        var machine = machine([a, b])
        let held = try lease(of: a, in: machine)
        try #require(held.blocks.count > 3)
        _ = machine.handle(.received(.heartbeat(Heartbeat(lease: held.id, isDraining: true)), from: a), at: now)
        let notice = beginning(of: held, blocks: 3)
        let effects = machine.handle(.received(.partial(notice), from: a), at: now)
        #expect(effects == [.merge(notice, from: a)])
        #expect(machine.round?.merged == BlockRanges(notice.lease.blocks))
        #expect(machine.round?.open.contains(notice.lease.blocks.upperBound..<held.blocks.upperBound) == true)
        _ = machine.handle(.received(.leave, from: a), at: now)
        #expect(machine.workerCount == 1)
        #expect(machine.invariants() == nil)
    }

    @Test func `where another works on the same blocks its answer is the one that counts`() throws {
        var machine = machine([a, b])
        // b does all but what a holds, and is given a copy of that.
        let held = try lease(of: a, in: machine)
        var time = Instant(.zero)
        while let other = machine.status(at: time).workers.first(where: { $0.id == b })?.lease?.lease,
            other.blocks != held.blocks
        {
            _ = machine.handle(.received(.partial(PartialNotice(lease: other, checksum: 1)), from: b), at: time)
        }
        for second in 1...4 {
            time = Instant(.seconds(second))
            let beat = Heartbeat(lease: held.id)
            _ = machine.handle(.received(.heartbeat(beat), from: a), at: time)
            _ = machine.handle(.heard(b), at: time)
        }
        #expect(try lease(of: b, in: machine).blocks == held.blocks)
        let effects = machine.handle(.received(.partial(beginning(of: held, blocks: 2)), from: a), at: time)
        #expect(effects.contains(.ignored(because: .overlapsOtherWork)))
        #expect(machine.invariants() == nil)
        let copy = try lease(of: b, in: machine)
        let last = machine.handle(.received(.partial(PartialNotice(lease: copy, checksum: 1)), from: b), at: time)
        #expect(last.contains(.advance(RoundID(1))))
    }

    @Test func `what is not the beginning of the lease is absurd`() throws {
        var machine = machine([a, b])
        let held = try lease(of: a, in: machine)
        let middle = Lease(id: held.id, round: held.round, blocks: held.blocks.dropFirst())
        let effects = machine.handle(.received(.partial(PartialNotice(lease: middle, checksum: 1)), from: a), at: now)
        #expect(effects.contains(.ignored(because: .absurd)))
        #expect(try lease(of: a, in: machine) == held)
    }

    @Test func `a worker answers the beginning of its lease only when it goes`() {
        let settings = WorkerSettings(
            request: JoinRequest(name: "w", process: 1, threads: 1, fingerprint: "x"),
            endpoint: "ipc://x",
            deathTimeout: .seconds(60)
        )
        var worker = Worker(settings: settings, at: Instant(.zero))
        let term = Term(1)
        let held = Lease(id: LeaseID(1), round: RoundID(1), blocks: 0..<8)
        let round = RoundNotice(round: RoundID(1), kind: "assign", parameters: [], attached: [])
        for message in [Message.welcome(Welcome(heartbeat: .seconds(1), job: "")), .round(round), .grant(held)] {
            _ = worker.handle(.received(message, term: term), at: Instant(.zero))
        }
        let notice = beginning(of: held, blocks: 2)
        #expect(worker.handle(.finished(notice), at: Instant(.zero)) == [.ignored])
        _ = worker.handle(.drain, at: Instant(.zero))
        #expect(worker.handle(.finished(notice), at: Instant(.zero)) == [.send(.partial(notice)), .send(.leave)])
    }

    @Test func `the rest of the lease is followed to who takes it`() {
        var moves = LeaseMoves()
        let held = Lease(id: LeaseID(1), round: RoundID(1), blocks: 0..<8)
        moves.note([.send(.grant(held), to: a)], at: now)
        moves.note([.merge(beginning(of: held, blocks: 3), from: a), .report(.left(a))], at: now)
        let next = Lease(id: LeaseID(2), round: RoundID(1), blocks: 3..<8)
        moves.note([.send(.grant(next), to: b)], at: now)
        #expect(moves.moves.map(\.lease.blocks) == [3..<8])
        #expect(moves.moves.first?.takers == [LeaseMove.Taker(worker: b, blocks: 3..<8)])
    }
}
