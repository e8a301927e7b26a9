import Coordination

/// The answer is `LocalRunner`'s, bit for bit, after every round and at the end; and the job ends with an answer. Only a worker
/// with another copy of the data may be sent away for it.
struct AnswerChecker {
    static let name = "answer"

    private let reference: ReferenceRun
    private var stale: Set<WorkerID> = []

    init(_ reference: ReferenceRun) {
        self.reference = reference
    }

    mutating func see(_ observation: Observation) -> String? {
        switch observation {
        case .processBegan(let worker, isStale: true):
            stale.insert(worker)
            return nil
        case .lifeBegan(_, let rounds, let model): return compare(model, after: rounds)
        case .advanced(let round, let model): return compare(model, after: round)
        case .recorded(let entry): return entry.snapshot.flatMap { compare($0.model, after: $0.rounds) }
        case .finished(let digest) where digest != reference.digest:
            return "the result is \(digest), of one process \(reference.digest)"
        case .stopped(.failed(let code, let reason)): return "the job failed with exit code \(code): \(reason)"
        case .processEnded(let worker, 65) where stale.contains(worker): return nil
        case .processEnded(let worker, let code) where code != 0 && code != 69:
            return "worker \(worker) ended with exit code \(code)"
        default: return nil
        }
    }

    private func compare(_ model: [UInt8], after round: UInt64) -> String? {
        guard round < reference.models.count else { return "there is no round \(round)" }
        return model == reference.models[Int(round)] ? nil : "the model after round \(round) is not that of one process"
    }
}
