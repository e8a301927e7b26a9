import Testing

@testable import Coordination

struct LeaseMovesTests {
    private let a = WorkerID(1)
    private let b = WorkerID(2)
    private let c = WorkerID(3)
    private let now = Instant(.seconds(5))

    private func lease(_ id: UInt64, _ blocks: Range<Int>, round: UInt64 = 7) -> Lease {
        Lease(id: LeaseID(id), round: RoundID(round), blocks: blocks)
    }

    private func grant(_ lease: Lease, to worker: WorkerID) -> Effect { .send(.grant(lease), to: worker) }

    @Test func `the blocks of a lost worker are followed to those who are granted them`() {
        var moves = LeaseMoves()
        moves.note([grant(lease(1, 0..<8), to: a), grant(lease(2, 8..<12), to: b)], at: Instant(.zero))
        moves.note([.report(.lost(a, because: "silent")), grant(lease(3, 0..<3), to: c)], at: now)
        moves.note([grant(lease(4, 3..<8), to: b)], at: Instant(.seconds(6)))
        #expect(
            moves.moves == [
                LeaseMove(
                    lease: lease(1, 0..<8),
                    worker: a,
                    reason: .lost(because: "silent"),
                    time: now,
                    takers: [
                        LeaseMove.Taker(worker: c, blocks: 0..<3), LeaseMove.Taker(worker: b, blocks: 3..<8),
                    ]
                )
            ]
        )
    }

    @Test func `a lost lease has moved when its last block is leased again, and only once`() {
        var moves = LeaseMoves()
        let note = { (moves: inout LeaseMoves, effect: Effect) in moves.note([effect], at: Instant(.seconds(6))) }
        #expect(note(&moves, grant(lease(1, 0..<6), to: a)).isEmpty)
        #expect(note(&moves, .report(.lost(a, because: "silent"))).isEmpty)
        #expect(note(&moves, grant(lease(2, 0..<4), to: b)).isEmpty)
        let completed = note(&moves, grant(lease(3, 4..<6), to: c))
        #expect(completed.map(\.lease) == [lease(1, 0..<6)])
        #expect(completed.map(\.takers.last?.worker) == [c])
        #expect(note(&moves, grant(lease(4, 4..<6), to: b)).isEmpty)
    }

    @Test func `blocks that are answered, and those of a round that is over, do not move`() {
        var moves = LeaseMoves()
        let answered = lease(1, 0..<8)
        moves.note([grant(answered, to: a), .merge(PartialNotice(lease: answered, checksum: 1), from: a)], at: now)
        moves.note([.report(.lost(a, because: "silent"))], at: now)
        moves.note([grant(lease(2, 0..<8), to: b), .advance(RoundID(7)), .report(.left(b))], at: now)
        #expect(moves.moves.isEmpty)
    }

    @Test func `a grant of another round is no move`() {
        var moves = LeaseMoves()
        moves.note([grant(lease(1, 0..<8), to: a), .report(.left(a))], at: now)
        moves.note([grant(lease(2, 0..<8, round: 8), to: b)], at: now)
        #expect(moves.moves.map(\.reason) == [.left])
        #expect(moves.moves.map(\.takers) == [[]])
    }

    @Test func `a worker that joins again gives back what it had`() {
        var moves = LeaseMoves()
        moves.note([grant(lease(1, 0..<8), to: a)], at: now)
        moves.note([.send(.welcome(Welcome(heartbeat: .zero, job: "")), to: a)], at: now)
        #expect(moves.moves.map(\.reason) == [.rejoined])
    }

    @Test func `a copy goes to whoever was idle`() {
        var moves = LeaseMoves()
        let slow = lease(1, 0..<8)
        moves.note([grant(slow, to: a)], at: now)
        moves.note([.report(.leaseCopied(slow, from: a, to: b)), grant(lease(2, 0..<8), to: b)], at: now)
        #expect(moves.moves.map(\.reason) == [.copied])
        #expect(moves.moves.map(\.worker) == [a])
        #expect(moves.moves.first?.takers == [LeaseMove.Taker(worker: b, blocks: 0..<8)])
    }

    @Test func `only the latest are kept`() {
        var moves = LeaseMoves()
        for number in 1...UInt64(LeaseMoves.capacity + 5) {
            moves.note([grant(lease(number, 0..<8), to: a), .report(.left(a))], at: now)
        }
        #expect(moves.moves.count == LeaseMoves.capacity)
        #expect(moves.moves.last?.lease.id == LeaseID(UInt64(LeaseMoves.capacity + 5)))
    }
}
