// Messages in the few words of transcripts and traces.

extension Message {
    package var summary: String {
        switch self {
        case .join(let request): "join threads=\(request.threads) fingerprint=\(request.fingerprint)"
        case .heartbeat(let beat):
            "heartbeat" + (beat.lease.map { " \($0), \(beat.finishedBlocks) blocks finished" } ?? "")
                + (beat.isDraining ? ", draining" : "")
        case .partial(let notice):
            "partial \(notice.lease.summary) checksum=\(notice.checksum)"
                + (notice.readings.stated.isEmpty ? "" : ", \(notice.readings)")
        case .failure(let failure): "failure \(failure.lease.summary), exit \(failure.exitCode): \(failure.reason)"
        case .leave: "leave"
        case .unable(let reason): "unable: \(reason)"
        case .welcome(let welcome): "welcome, heartbeat every \(welcome.heartbeat.milliseconds) ms"
        case .refusal(let refusal): "refusal (\(refusal.code)): \(refusal.reason)"
        case .round(let notice): notice.summary
        case .grant(let lease): "grant \(lease.summary)"
        case .revoke(let lease): "revoke \(lease)"
        case .acknowledgement: "acknowledgement"
        case .rejoin: "rejoin"
        case .farewell(let farewell): "farewell, exit \(farewell.exitCode)"
        case .statusRequest: "status request"
        case .status(let text): "status \(text)"
        }
    }
}

extension Lease {
    package var summary: String { "\(id) on \(blocks.blockDescription)" }
}

extension RoundNotice {
    /// An array in brackets is named but does not travel.
    package var summary: String {
        let arrays = parameters.enumerated().map { place, reference in
            let name = "\(reference.name)@\(reference.version)"
            return attached.contains(place) ? name : "[\(name)]"
        }
        return (["round \(round)", kind] + arrays).joined(separator: " ")
    }
}
