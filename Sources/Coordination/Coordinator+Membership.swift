// Who belongs to the fleet.

extension Coordinator {
    /// Takes a worker in, or says why not. A repeated request is answered again: the first answer may have been lost, and
    /// with it the lease that followed.
    mutating func join(_ request: JoinRequest, from id: WorkerID, at now: Instant) -> [Effect] {
        let welcome = Effect.send(
            .welcome(Welcome(heartbeat: settings.timing.heartbeat, job: settings.job)),
            to: id
        )
        if let index = index(of: id) {
            if let lease = workers[index].lease {
                round?.release(lease)
                setbacks.add(id, at: now, settings.timing)
            }
            workers[index] = WorkerRecord(id: id, request: workers[index].request, lastHeard: now)
            return [welcome]
        }
        if let refusal = refusal(of: request) {
            obstacle = Self.sentence("the last to be refused was \(request.name)", refusal.reason)
            return [.send(.refusal(refusal), to: id), .report(.refused(id, refusal))]
        }
        fingerprint = fingerprint ?? request.fingerprint
        workers.append(WorkerRecord(id: id, request: request, lastHeard: now))
        return [welcome, .report(.joined(id, request))]
    }

    /// Far more than one coordinator can feed, so that nobody can fill its memory with members.
    static let mostWorkers = 1024

    private func refusal(of request: JoinRequest) -> Refusal? {
        guard (1...4096).contains(request.threads) else {
            return Refusal(code: .malformed, reason: "a worker cannot have \(request.threads) threads")
        }
        guard workers.count < Self.mostWorkers else {
            return Refusal(code: .malformed, reason: "the fleet has \(Self.mostWorkers) workers, and no room for more")
        }
        guard !settings.allowsMixedFingerprints, let fingerprint, fingerprint != request.fingerprint else { return nil }
        return Refusal(
            code: .fingerprint,
            reason: "results would not be reproducible: this worker computes as \(request.fingerprint), the fleet as "
                + "\(fingerprint); set COTERIE_KERNEL or OPENBLAS_CORETYPE alike, or start the job with --allow-mixed"
        )
    }

    mutating func lose(_ id: WorkerID, because reason: String, at now: Instant) -> [Effect] {
        guard let index = index(of: id) else { return [.ignored(because: .unknownWorker)] }
        obstacle = Self.sentence("the last to be lost was \(workers[index].request.name)", reason)
        // It may be back before anybody else has seen to its blocks.
        if workers[index].lease != nil { setbacks.add(id, at: now, settings.timing) }
        remove(index)
        return [.report(.lost(id, because: reason))]
    }

    /// A worker goes of its own will, and hands back what it has not done.
    mutating func leave(_ index: Int) -> [Effect] {
        let id = workers[index].id
        remove(index)
        return [.send(.farewell(Farewell(exitCode: 0)), to: id), .report(.left(id))]
    }

    mutating func turnAway(_ reason: String) -> [Effect] {
        obstacle = Self.sentence("the last to be turned away", reason)
        return []
    }

    /// Peers choose the words, and not how many of them are printed.
    private static func sentence(_ who: String, _ reason: String) -> String {
        "\(who.prefix(160)): \(reason.prefix(320))"
    }

    /// What an error adds about those who are not there.
    var theObstacle: String { obstacle.map { "; \($0)" } ?? "" }

    private mutating func remove(_ index: Int) {
        if let lease = workers[index].lease {
            round?.release(lease)
        }
        workers.remove(at: index)
    }

    /// Waits while the fleet is too small, and gives up when that lasts.
    mutating func watchQuorum(at now: Instant) -> [Effect] {
        let count = workers.count
        if count >= workersNeeded {
            guard shortSince != nil else { return [] }
            shortSince = nil
            hasStarted = true
            phase = .working
            return [.report(.quorumReached(workers: count))]
        }
        guard let since = shortSince else {
            shortSince = now
            phase = .gathering
            return [.report(.quorumLost(workers: count))]
        }
        guard now - since >= settings.timing.quorum else { return [] }
        let time = settings.timing.quorum.inSeconds
        let remedy = workersNeeded > 1 ? ", or lower \(hasStarted ? "--keep-workers" : "--min-workers")" : ""
        return end(
            .failed(
                exitCode: Self.fleetLost,
                reason: "too few workers: \(count) of at least \(workersNeeded) for \(time) s\(theObstacle); "
                    + "start workers\(remedy)"
            )
        )
    }

    /// Acts on silence: workers that are not heard are lost, leases that do not move lapse.
    mutating func expire(at now: Instant) -> [Effect] {
        let silent = workers.filter { now - $0.lastHeard >= settings.timing.suspicion }
        let losses = silent.flatMap {
            lose($0.id, because: "silent for \((now - $0.lastHeard).milliseconds) ms", at: now)
        }
        return losses + lapseStalledLeases(at: now)
    }
}

extension Duration {
    /// Whole milliseconds, for people.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// Seconds for people, to the millisecond: `0.5`, `300`.
    var inSeconds: String {
        let fraction = String(milliseconds % 1000 + 1000).dropFirst()
        let digits = fraction.reversed().drop { $0 == "0" }.reversed()
        return "\(components.seconds)" + (digits.isEmpty ? "" : "." + String(digits))
    }
}
