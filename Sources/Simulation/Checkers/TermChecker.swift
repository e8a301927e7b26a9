import Coordination

/// A term belongs to one life, and no message of another term is acted on: a worker answers what it was granted in the
/// term that it says it is in, and an answer is merged by the life it was meant for.
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
            if case .partial(let notice) = packet.message {
                return see(notice.lease, packet)
            }
        case .merged(_, let term) where term != life:
            return "an answer of term \(term) was merged in term \(life)"
        default: break
        }
        return nil
    }

    private func see(_ lease: Lease, _ packet: Packet) -> String? {
        grants.contains(Grant(worker: packet.worker, term: packet.term, lease: lease))
            ? nil : "worker \(packet.worker) answered \(lease.summary), not granted to it in term \(packet.term)"
    }
}
