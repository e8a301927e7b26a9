@testable import Coordination

/// Messages and effects in the short words of the transcripts.
enum Describer {
    static func text(_ effect: Effect) -> String {
        switch effect {
        case .send(let message, let worker): "\(Names.letter(worker)) <- \(text(message))"
        case .merge(let notice, let worker): "merge \(text(notice.lease)) from \(Names.letter(worker))"
        case .advance(let round): "advance round \(round)"
        case .ignored(let reason): "ignored: \(reason.rawValue)"
        case .report(let event): "report \(text(event))"
        case .stop(let outcome): "stop \(text(outcome)), exit \(outcome.exitCode)"
        }
    }

    static func text(_ effect: WorkerEffect) -> String {
        switch effect {
        case .send(let message): "-> \(text(message))"
        case .open(let job): "open \(job)"
        case .prepare(let notice): "prepare \(text(notice))"
        case .run(let lease): "run \(text(lease))"
        case .cancel(let lease): "cancel \(lease)"
        case .exit(let code, let reason): "exit \(code)" + (reason.map { ": \($0)" } ?? "")
        case .ignored: "ignored"
        }
    }

    static func text(_ message: Message) -> String {
        switch message {
        case .join(let request): "join threads=\(request.threads) fingerprint=\(request.fingerprint)"
        case .heartbeat(let beat):
            "heartbeat" + (beat.lease.map { " \($0), \(beat.finishedBlocks) blocks finished" } ?? "")
                + (beat.isDraining ? ", draining" : "")
        case .partial(let notice): "partial \(text(notice.lease)) checksum=\(notice.checksum)"
        case .failure(let failure): "failure \(text(failure.lease)), exit \(failure.exitCode): \(failure.reason)"
        case .leave: "leave"
        case .welcome(let welcome): "welcome, heartbeat every \(welcome.heartbeat.milliseconds) ms"
        case .refusal(let refusal): "refusal (\(refusal.code)): \(refusal.reason)"
        case .round(let notice): text(notice)
        case .grant(let lease): "grant \(text(lease))"
        case .revoke(let lease): "revoke \(lease)"
        case .acknowledgement: "acknowledgement"
        case .rejoin: "rejoin"
        case .farewell(let farewell): "farewell, exit \(farewell.exitCode)"
        case .statusRequest: "status request"
        case .status(let text): "status \(text)"
        }
    }

    static func text(_ lease: Lease) -> String { "\(lease.id) on \(lease.blocks.blockDescription)" }

    /// An array in brackets is named but does not travel.
    static func text(_ notice: RoundNotice) -> String {
        let arrays = notice.parameters.enumerated().map { place, reference in
            let name = "\(reference.name)@\(reference.version)"
            return notice.attached.contains(place) ? name : "[\(name)]"
        }
        return (["round \(notice.round)", notice.kind] + arrays).joined(separator: " ")
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
        case .leaseLapsed(let lease, let worker): "\(text(lease)) of \(Names.letter(worker)) lapsed"
        case .leaseCopied(let lease, let from, let other):
            "\(text(lease)) of \(Names.letter(from)) copied to \(Names.letter(other))"
        case .answerIgnored(let lease, let worker, let reason):
            "answer to \(text(lease)) from \(Names.letter(worker)) ignored: \(reason.rawValue)"
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
        let leases = round.leases.map { text($0.lease) }
        return fleet + [
            "round \(round.request.round): open [\(round.open)] merged [\(round.merged)] "
                + "leases [\(leases.joined(separator: ", "))]"
        ]
    }
}
