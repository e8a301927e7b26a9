import Testing

@testable import Coordination

struct FleetStatusTests {
    private let a = WorkerID(1)
    private let b = WorkerID(2)

    private func at(_ milliseconds: Int) -> Instant { Instant(.milliseconds(milliseconds)) }

    /// Two workers at work on a round of eight blocks since the beginning.
    private func machine() -> Coordinator {
        var machine = Coordinator(term: Term(1), settings: FleetSettings(), at: at(0))
        for worker in [a, b] {
            let request = JoinRequest(name: "w\(worker.rawValue)", process: 1, threads: 1, fingerprint: "x")
            _ = machine.handle(.received(.join(request), from: worker), at: at(0))
        }
        let request = RoundRequest(round: RoundID(1), kind: "assign", parameters: [], blocks: 8)
        _ = machine.handle(.roundReady(request), at: at(0))
        return machine
    }

    @Test func `it says who is silent, and what each is at work on`() throws {
        var machine = machine()
        let lease = try #require(machine.status(at: at(0)).workers.first?.lease?.lease)
        _ = machine.handle(.received(.heartbeat(Heartbeat(lease: lease.id, finishedBlocks: 1)), from: a), at: at(900))
        let status = machine.status(at: at(1000))
        #expect(status.phase == .working)
        #expect(status.workers.map(\.id) == [a, b])
        #expect(status.workers.map(\.silence) == [.milliseconds(100), .seconds(1)])
        #expect(status.workers.first?.lease?.finishedBlocks == 1)
        #expect(status.workers.first?.lease?.age == .seconds(1))
        #expect(status.round?.mergedBlocks == 0)
        #expect(status.round?.leasedBlocks == status.workers.reduce(0) { $0 + ($1.lease?.lease.blocks.count ?? 0) })
    }

    @Test func `the pace is that of the last answers`() throws {
        var machine = machine()
        let lease = try #require(machine.status(at: at(0)).workers.first?.lease?.lease)
        let notice = PartialNotice(lease: lease, checksum: 1)
        _ = machine.handle(.received(.partial(notice), from: a), at: at(500))
        let status = machine.status(at: at(500))
        #expect(status.workers.map(\.pace.blocks) == [lease.blocks.count, 0])
        #expect(status.workers.first?.pace.time == .milliseconds(500))
        #expect(status.round?.mergedBlocks == lease.blocks.count)

        var pace = Pace()
        for blocks in 1...20 { pace.add(blocks: blocks, in: .seconds(1)) }
        #expect(pace.blocks == (13...20).reduce(0, +))
        #expect(pace.time == .seconds(8))
    }

    @Test func `a worker that drains is known for it, and gets no other lease`() throws {
        var machine = machine()
        let lease = try #require(machine.status(at: at(0)).workers.first?.lease?.lease)
        let beat = Heartbeat(lease: lease.id, finishedBlocks: 0, isDraining: true)
        _ = machine.handle(.received(.heartbeat(beat), from: a), at: at(100))
        #expect(machine.status(at: at(100)).workers.map(\.isDraining) == [true, false])
        let effects = machine.handle(
            .received(.partial(PartialNotice(lease: lease, checksum: 1)), from: a),
            at: at(200)
        )
        #expect(!effects.contains { if case .send(.grant, to: a) = $0 { true } else { false } })
        #expect(machine.status(at: at(200)).workers.first?.lease == nil)
    }

    @Test func `a fleet that is too small says since when`() {
        let machine = Coordinator(term: Term(1), settings: FleetSettings(), at: at(0))
        #expect(machine.status(at: at(700)).phase == .gathering(.milliseconds(700)))
    }
}
