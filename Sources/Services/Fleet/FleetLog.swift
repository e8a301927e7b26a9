import Coordination
import Logging

/// Says what happens to a fleet, for who reads the log: of what changes nothing for long only those who ask for it hear.
struct FleetLog {
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// What a machine that is about to be told of an event will not report.
    func note(_ event: Event, _ machine: Coordinator, _ record: FleetRecord) {
        switch event {
        case .received(.join, let worker) where machine.isMember(worker):
            logger.info("\(record.name(of: worker)) joins again")
        case .received(.unable(let reason), let worker) where machine.isMember(worker):
            logger.warning("worker \(record.name(of: worker)) cannot take part: \(reason)")
        default: return
        }
    }

    func note(ignored event: Event, because reason: Effect.Reason, _ record: FleetRecord) {
        let text =
            switch event {
            case .received(let message, let worker): "\(message.summary) of \(record.name(of: worker))"
            case .gone(let worker, let reason): "\(record.name(of: worker)) is gone: \(reason)"
            case .heard(let worker): "a sign of life of \(record.name(of: worker))"
            default: "\(event)"
            }
        logger.debug("ignored: \(text): \(reason.rawValue)")
    }

    /// What a machine has reported.
    func note(_ change: FleetEvent, of machine: Coordinator, _ record: FleetRecord) {
        let name = record.name(of:)
        switch change {
        case .joined(let worker, let request):
            logger.info(
                "\(request.name) joined as \(worker): process \(request.process), \(request.threads) at once"
            )
        case .refused(_, let refusal): logger.warning("worker refused: \(refusal.reason)")
        case .lost(let worker, let reason): logger.info("\(name(worker)) is lost: \(reason)")
        case .left(let worker): logger.info("\(name(worker)) left")
        // Otherwise the job would only seem to stand still.
        case .quorumLost(let workers):
            let limit = machine.settings.timing.quorum.milliseconds / 1000
            logger.warning(
                "too few workers: \(workers) of at least \(machine.workersNeeded); waiting for others, \(limit) s at most"
            )
        case .quorumReached(let workers): logger.notice("\(workers) workers: going on")
        case .leaseLapsed(let lease, let worker):
            logger.debug("\(name(worker)) gets nothing done: \(lease.summary) of round \(lease.round) is taken back")
        case .leaseCopied(let lease, let slow, let other):
            logger.debug("\(name(slow)) is slow: \(lease.summary) of round \(lease.round) goes to \(name(other)), too")
        case .answerIgnored(let lease, let worker, let reason):
            logger.debug("answer of \(name(worker)) to \(lease.summary) of round \(lease.round): \(reason.rawValue)")
        case .roundStarted(let request): logger.trace("round \(request.round) begins: \(request.kind)")
        case .roundFinished(let round): logger.trace("round \(round) is done")
        }
    }
}
