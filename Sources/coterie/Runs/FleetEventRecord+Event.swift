import Coordination
import Dashboard

extension FleetEventRecord {
    /// An event as it is written down; nil for those that only repeat what the history says.
    init?(_ event: FleetEvent, after time: Duration, names: [WorkerID: String]) {
        let name = { (id: WorkerID) in names[id] ?? id.description }
        let record = { (event: Name, worker: WorkerID?, lease: Lease?, detail: String?) in
            FleetEventRecord(
                time: time.seconds,
                event: event,
                worker: worker.map(name),
                round: lease.map { Int($0.round.rawValue) },
                blocks: lease?.blocks.count,
                detail: detail
            )
        }
        switch event {
        case .joined(let id, let request):
            self = record(.joined, id, nil, "process \(request.process), \(request.threads) at once")
        case .refused(let id, let refusal): self = record(.refused, id, nil, refusal.reason)
        case .lost(let id, let reason): self = record(.lost, id, nil, reason)
        case .left(let id): self = record(.left, id, nil, nil)
        case .quorumReached(let workers): self = record(.quorumReached, nil, nil, "\(workers) workers")
        case .quorumLost(let workers): self = record(.quorumLost, nil, nil, "\(workers) workers")
        case .leaseLapsed(let lease, let id): self = record(.leaseLapsed, id, lease, "no progress")
        case .leaseCopied(let lease, let slow, let other):
            self = record(.leaseCopied, other, lease, "\(name(slow)) takes long")
        case .answerIgnored(let lease, let id, let reason): self = record(.ignored, id, lease, reason.rawValue)
        case .roundFinished(let round):
            self = FleetEventRecord(
                time: time.seconds,
                event: .roundAdvanced,
                worker: nil,
                round: Int(round.rawValue),
                blocks: nil,
                detail: nil
            )
        case .roundStarted: return nil
        }
    }
}

extension FleetEventRecord.Name {
    static let quorumReached = FleetEventRecord.Name(rawValue: "quorum_reached")
    static let quorumLost = FleetEventRecord.Name(rawValue: "quorum_lost")
    static let leaseCopied = FleetEventRecord.Name(rawValue: "lease_copied")
}
