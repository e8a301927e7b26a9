@testable import Coordination

/// Messages and effects in the short words of the transcripts.
enum Describer {
    static func text(_ effect: Effect) -> String {
        switch effect {
        case .send(let message, let worker): "\(Names.letter(worker)) <- \(message.summary)"
        case .record(let round): "record what round \(round) begins from"
        case .merge(let notice, let worker): "merge \(notice.lease.summary) from \(Names.letter(worker))"
        case .advance(let round): "advance round \(round)"
        case .ignored(let reason): "ignored: \(reason.rawValue)"
        case .report(let event): "report \(text(event))"
        case .stop(let outcome): "stop \(text(outcome)), exit \(outcome.exitCode)"
        }
    }

    static func text(_ effect: WorkerEffect) -> String {
        switch effect {
        case .send(let message): "-> \(message.summary)"
        case .open(let job): "open \(job)"
        case .prepare(let notice): "prepare \(notice.summary)"
        case .run(let lease): "run \(lease.summary)"
        case .cancel(let lease): "cancel \(lease)"
        case .exit(let code, let reason): "exit \(code)" + (reason.map { ": \($0)" } ?? "")
        case .ignored: "ignored"
        }
    }

    private static func text(_ event: FleetEvent) -> String {
        switch event {
        case .joined(let worker, let request): "\(Names.letter(worker)) joined with \(request.threads) threads"
        case .refused(let worker, let refusal): "\(Names.letter(worker)) refused (\(refusal.code))"
        case .lost(let worker, let reason): "\(Names.letter(worker)) lost: \(reason)"
        case .left(let worker): "\(Names.letter(worker)) left"
        case .quorumReached(let workers): "quorum reached with \(workers)"
        case .quorumLost(let workers): "quorum lost with \(workers)"
        case .roundStarted(let request): "round \(request.round) started over \(request.blocks) blocks"
        case .roundFinished(let round): "round \(round) finished"
        case .leaseLapsed(let lease, let worker): "\(lease.summary) of \(Names.letter(worker)) lapsed"
        case .leaseCopied(let lease, let from, let other):
            "\(lease.summary) of \(Names.letter(from)) copied to \(Names.letter(other))"
        case .answerIgnored(let lease, let worker, let reason):
            "answer to \(lease.summary) from \(Names.letter(worker)) ignored: \(reason.rawValue)"
        }
    }

    private static func text(_ outcome: Outcome) -> String {
        switch outcome {
        case .finished: "finished"
        case .interrupted: "interrupted"
        case .failed(_, let reason): "failed (\(reason))"
        }
    }

    static func text(_ coordinator: Coordinator) -> [String] {
        let workers = coordinator.workers.map { record in
            "\(Names.letter(record.id)) \(record.lease.map(\.description) ?? "idle")\(record.isStalled ? " stalled" : "")"
        }
        let fleet = ["\(coordinator.phase): \(workers.isEmpty ? "nobody" : workers.joined(separator: ", "))"]
        guard let round = coordinator.round else { return fleet + ["no round"] }
        let leases = round.leases.map { $0.lease.summary }
        return fleet + [
            "round \(round.request.round): open [\(round.open)] merged [\(round.merged)] "
                + "leases [\(leases.joined(separator: ", "))]"
        ]
    }
}
