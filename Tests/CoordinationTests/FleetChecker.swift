@testable import Coordination

/// An outside judge of a fleet: it sees what the coordinator is told and what it asks for, and nothing of its state.
struct FleetChecker {
    private(set) var complaints: [String] = []
    private(set) var advances = 0
    private(set) var merges = 0
    private(set) var reasons: [Effect.Reason: Int] = [:]
    private(set) var copies = 0
    private(set) var lapses = 0

    private var round: RoundID?
    private var merged: [Int] = []
    private var leases: Set<LeaseID> = []

    mutating func expect(_ condition: Bool, _ complaint: @autoclosure () -> String) {
        if !condition { complaints.append(complaint()) }
    }

    /// Every block of every round is merged exactly once before the round advances, and nothing else is merged.
    mutating func judge(_ effects: [Effect], of event: Event) {
        if case .roundReady(let request) = event {
            expect(round == nil, "a round began within another")
            round = request.round
            merged = Array(repeating: 0, count: request.blocks)
        }
        for effect in effects {
            judge(effect, of: event)
        }
    }

    private mutating func judge(_ effect: Effect, of event: Event) {
        switch effect {
        case .merge(let notice, let worker):
            merges += 1
            expect(event == .received(.partial(notice), from: worker), "merged what did not come")
            expect(notice.lease.round == round, "merged an answer to another round")
            for block in notice.lease.blocks { merged[block] += 1 }
        case .advance(let finished):
            advances += 1
            expect(finished == round, "advanced another round")
            let counts = merged
            expect(counts.allSatisfy { $0 == 1 }, "round \(finished) advanced with \(counts)")
            round = nil
        case .send(.grant(let lease), _):
            expect(leases.insert(lease.id).inserted, "lease \(lease.id) was granted twice")
            expect(lease.round == round, "a lease was granted outside its round")
            let counts = merged
            expect(lease.blocks.allSatisfy { counts[$0] == 0 }, "a lease was granted on a merged block")
        case .stop(let outcome): complaints.append("stopped: \(outcome)")
        case .ignored(let reason): reasons[reason, default: 0] += 1
        case .report(.leaseCopied): copies += 1
        case .report(.leaseLapsed): lapses += 1
        case .send, .report, .record: break
        }
    }
}
