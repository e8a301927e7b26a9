import Coordination

/// A term belongs to one life, and no message of another term is acted on: a worker answers what it was granted in the
/// term that it says it is in, and works on nothing else, and an answer is merged by the life it was meant for.
struct TermChecker {
    static let name = "term"

    private struct Grant: Hashable {
        let worker: WorkerID
        let term: Term
        let lease: Lease
    }

    /// Of which somebody heard.
    private var spoken: Set<Term> = []
    private var life = Term(0)
    private var grants: Set<Grant> = []

    mutating func see(_ observation: Observation) -> String? {
        switch observation {
        case .lifeBegan(let term, _, _):
            life = term
            return spoken.contains(term) ? "term \(term) was that of an earlier life" : nil
        case .read(let packet):
            if case .grant(let lease) = packet.message {
                grants.insert(Grant(worker: packet.worker, term: packet.term, lease: lease))
            }
        case .sent(let packet):
            if packet.direction == .toWorker {
                spoken.insert(packet.term)
                if packet.term != life { return "the coordinator of term \(life) spoke in term \(packet.term)" }
            }
            return see(packet)
        case .merged(let answer) where answer.term != life:
            return "an answer of term \(answer.term) was merged in term \(life)"
        default: break
        }
        return nil
    }

    /// A worker answers a lease, or says that it works on one.
    private func see(_ packet: Packet) -> String? {
        let isGranted: Bool
        switch packet.message {
        case .partial(let notice):
            isGranted = grants.contains(Grant(worker: packet.worker, term: packet.term, lease: notice.lease))
        case .heartbeat(let beat):
            guard let lease = beat.lease else { return nil }
            isGranted = grants.contains {
                $0.worker == packet.worker && $0.term == packet.term && $0.lease.id == lease
            }
        default: return nil
        }
        return isGranted
            ? nil : "worker \(packet.worker) says \(packet.message.summary), not granted to it in term \(packet.term)"
    }
}
