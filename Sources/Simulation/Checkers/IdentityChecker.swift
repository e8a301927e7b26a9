import Coordination

/// No identity is used twice: not a worker's by two processes, and not a lease's within a term.
struct IdentityChecker {
    static let name = "identity"

    private var workers: Set<WorkerID> = []
    private var term = Term(0)
    private var leases: Set<LeaseID> = []

    mutating func see(_ observation: Observation) -> String? {
        switch observation {
        case .processBegan(let worker, _):
            return workers.insert(worker).inserted ? nil : "identity \(worker) was that of an earlier process"
        case .sent(let packet):
            guard case .grant(let lease) = packet.message else { return nil }
            if packet.term != term { (term, leases) = (packet.term, []) }
            return leases.insert(lease.id).inserted ? nil : "lease \(lease.id) of term \(term) was granted twice"
        default: return nil
        }
    }
}
