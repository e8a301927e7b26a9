import Coordination
import Testing

@testable import Services

struct LeaseMovesTests {
    private let a = WorkerID(1)
    private let b = WorkerID(2)
    private let c = WorkerID(3)

    private func lease(_ id: UInt64, _ blocks: Range<Int>) -> Lease {
        Lease(id: LeaseID(id), round: RoundID(1), blocks: blocks)
    }

    @Test func `a lost lease has moved when its last block is leased again`() {
        var moves = LeaseMoves()
        let lost = lease(1, 0..<6)
        #expect(moves.note(.send(.grant(lost), to: a)).isEmpty)
        #expect(moves.note(.report(.lost(a, because: "silent"))).isEmpty)
        #expect(moves.note(.send(.grant(lease(2, 0..<4)), to: b)).isEmpty)
        #expect(moves.note(.send(.grant(lease(3, 4..<6)), to: c)) == [.init(lease: lost, from: a, to: c)])
        #expect(moves.note(.send(.grant(lease(4, 4..<6)), to: b)).isEmpty)
    }

    @Test func `what is answered after all, or belongs to a round that is over, does not move`() {
        var moves = LeaseMoves()
        for effect in [
            Effect.send(.grant(lease(1, 0..<2)), to: a), .report(.leaseLapsed(lease(1, 0..<2), a)),
            .merge(PartialNotice(lease: lease(1, 0..<2), checksum: 0), from: a),
            .send(.grant(lease(2, 2..<4)), to: b), .report(.left(b)), .advance(RoundID(1)),
        ] {
            #expect(moves.note(effect).isEmpty)
        }
        #expect(moves.note(.send(.grant(lease(3, 0..<4)), to: c)).isEmpty)
        #expect(moves.note(.report(.lost(WorkerID(9), because: "idle"))).isEmpty)
    }
}
