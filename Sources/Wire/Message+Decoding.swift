import CProtobufC
import CProtocols
import Coordination

extension Message {
    /// The message in an envelope that is not a chunk.
    ///
    /// - Throws: `.malformed` for no or an unknown body, and for values the Swift types cannot hold.
    init(_ envelope: Coterie__V1__Envelope) throws(WireError) {
        let message: Message? =
            switch unsafe envelope.body_case {
            case COTERIE__V1__ENVELOPE__BODY_JOIN: try unsafe Self.join(envelope.join)
            case COTERIE__V1__ENVELOPE__BODY_HEARTBEAT: try unsafe Self.heartbeat(envelope.heartbeat)
            case COTERIE__V1__ENVELOPE__BODY_PARTIAL: try unsafe Self.partial(envelope.partial)
            case COTERIE__V1__ENVELOPE__BODY_FAILURE: try unsafe Self.failure(envelope.failure)
            case COTERIE__V1__ENVELOPE__BODY_LEAVE: .leave
            case COTERIE__V1__ENVELOPE__BODY_UNABLE: try unsafe Self.unable(envelope.unable)
            case COTERIE__V1__ENVELOPE__BODY_WELCOME: try unsafe Self.welcome(envelope.welcome)
            case COTERIE__V1__ENVELOPE__BODY_REFUSAL: try unsafe Self.refusal(envelope.refusal)
            case COTERIE__V1__ENVELOPE__BODY_ROUND: try unsafe Self.round(envelope.round)
            case COTERIE__V1__ENVELOPE__BODY_GRANT: .grant(try unsafe Lease(envelope.grant))
            case COTERIE__V1__ENVELOPE__BODY_REVOKE:
                unsafe envelope.revoke.map { unsafe .revoke(LeaseID($0.pointee.id)) }
            case COTERIE__V1__ENVELOPE__BODY_ACKNOWLEDGEMENT: .acknowledgement
            case COTERIE__V1__ENVELOPE__BODY_REJOIN: .rejoin
            case COTERIE__V1__ENVELOPE__BODY_FAREWELL:
                unsafe envelope.farewell.map { unsafe .farewell(Farewell(exitCode: $0.pointee.exit_code)) }
            case COTERIE__V1__ENVELOPE__BODY_STATUS_REQUEST: .statusRequest
            case COTERIE__V1__ENVELOPE__BODY_STATUS: try unsafe Self.status(envelope.status)
            default: nil
            }
        guard let message else { throw .malformed("a message without a body that version 1 knows") }
        self = message
    }

    private static func join(_ body: UnsafePointer<Coterie__V1__JoinRequest>?) throws(WireError) -> Message? {
        guard let body = unsafe body?.pointee else { return nil }
        let process = unsafe body.process
        guard process >= 0 else { throw .malformed("a process with number \(process)") }
        return .join(
            JoinRequest(
                name: try unsafe Field.text(body.name, atMost: WireLimit.nameBytes, "a worker's name"),
                process: process,
                host: try unsafe Field.text(body.host, atMost: WireLimit.nameBytes, "a worker's host"),
                threads: try Field.count(unsafe body.threads, "a worker's number of threads"),
                fingerprint: try unsafe Field.text(body.fingerprint, atMost: WireLimit.textBytes, "a fingerprint")
            )
        )
    }

    private static func heartbeat(_ body: UnsafePointer<Coterie__V1__Heartbeat>?) throws(WireError) -> Message? {
        guard let body = unsafe body?.pointee else { return nil }
        return .heartbeat(
            Heartbeat(
                lease: unsafe body.lease.map { unsafe LeaseID($0.pointee.id) },
                finishedBlocks: try Field.count(unsafe body.finished_blocks, "a number of blocks"),
                isDraining: unsafe body.draining != 0
            )
        )
    }

    private static func partial(_ body: UnsafePointer<Coterie__V1__PartialNotice>?) throws(WireError) -> Message? {
        guard let body = unsafe body?.pointee else { return nil }
        return .partial(
            PartialNotice(
                lease: try unsafe Lease(body.lease),
                checksum: unsafe body.checksum,
                busy: try Field.duration(nanoseconds: unsafe body.busy_nanoseconds, "a busy time"),
                peakMemory: unsafe body.peak_memory,
                readings: try unsafe readings(body),
                certified: CertifiedRows(
                    rows: unsafe body.certified_rows,
                    inFloat: unsafe body.rechecked_in_float,
                    inDouble: unsafe body.rechecked_in_double,
                    pairs: unsafe body.pairs,
                    multiplied: unsafe body.multiplied_pairs
                )
            )
        )
    }

    private static func readings(_ body: Coterie__V1__PartialNotice) throws(WireError) -> Readings {
        let before = try Field.count(unsafe body.readings_before, "a number of readings")
        guard before <= WireLimit.statedReadings else { throw .malformed("\(before) readings were stated before") }
        var stated: [Reading] = []
        for index in unsafe 0..<body.n_readings {
            guard let run = unsafe body.readings[index]?.pointee, unsafe run.n_stretches > 0,
                unsafe run.n_stretches == run.n_digests
            else { throw .malformed("readings without a digest for each stretch") }
            guard unsafe stated.count + run.n_stretches <= WireLimit.readings else {
                throw .malformed("more than \(WireLimit.readings) readings")
            }
            for place in unsafe 0..<run.n_stretches {
                stated.append(
                    Reading(
                        dataset: unsafe run.dataset,
                        stretch: try Field.count(unsafe run.stretches[place], "a stretch of rows"),
                        digest: unsafe run.digests[place]
                    )
                )
            }
        }
        return Readings(before: before, stated)
    }

    private static func failure(_ body: UnsafePointer<Coterie__V1__TaskFailure>?) throws(WireError) -> Message? {
        guard let body = unsafe body?.pointee else { return nil }
        return .failure(
            TaskFailure(
                lease: try unsafe Lease(body.lease),
                exitCode: unsafe body.exit_code,
                reason: try unsafe Field.text(body.reason, atMost: WireLimit.textBytes, "a failure's reason")
            )
        )
    }

    private static func unable(_ body: UnsafePointer<Coterie__V1__Unable>?) throws(WireError) -> Message? {
        guard let body = unsafe body?.pointee else { return nil }
        return .unable(because: try unsafe Field.text(body.reason, atMost: WireLimit.textBytes, "a worker's reason"))
    }

    private static func welcome(_ body: UnsafePointer<Coterie__V1__Welcome>?) throws(WireError) -> Message? {
        guard let body = unsafe body?.pointee else { return nil }
        return .welcome(
            Welcome(
                heartbeat: try Field.duration(
                    nanoseconds: unsafe body.heartbeat_nanoseconds,
                    "a heartbeat's interval"
                ),
                job: try unsafe Field.text(body.job, atMost: WireLimit.envelopeBytes, "a job")
            )
        )
    }

    private static func status(_ body: UnsafePointer<Coterie__V1__StatusReport>?) throws(WireError) -> Message? {
        guard let body = unsafe body?.pointee else { return nil }
        return .status(try unsafe Field.text(body.snapshot, atMost: WireLimit.envelopeBytes, "a status"))
    }

    private static func refusal(_ body: UnsafePointer<Coterie__V1__Refusal>?) throws(WireError) -> Message? {
        guard let body = unsafe body?.pointee else { return nil }
        guard let code = unsafe Refusal.Code(rawValue: body.code.rawValue) else {
            throw .malformed("a refusal with unknown code \(unsafe body.code.rawValue)")
        }
        let reason = try unsafe Field.text(body.reason, atMost: WireLimit.textBytes, "a refusal's reason")
        return .refusal(Refusal(code: code, reason: reason))
    }

    private static func round(_ body: UnsafePointer<Coterie__V1__RoundNotice>?) throws(WireError) -> Message? {
        guard let body = unsafe body?.pointee else { return nil }
        try Field.check(count: unsafe body.n_parameters, "parameters")
        try Field.check(count: unsafe body.n_attached, "attached parameters")
        var parameters: [ParameterReference] = []
        for index in unsafe 0..<body.n_parameters {
            parameters.append(try unsafe ParameterReference(body.parameters[index]))
        }
        var attached: [Int] = []
        for index in unsafe 0..<body.n_attached {
            let place = unsafe Int(body.attached[index])
            guard place < parameters.count else {
                throw .malformed("parameter \(place) is attached, where there are \(parameters.count)")
            }
            attached.append(place)
        }
        return .round(
            RoundNotice(
                round: unsafe RoundID(body.round),
                kind: try unsafe Field.text(body.kind, atMost: WireLimit.nameBytes, "a round's kind"),
                parameters: parameters,
                attached: attached
            )
        )
    }
}

extension ParameterReference {
    fileprivate init(_ body: UnsafePointer<Coterie__V1__ParameterReference>?) throws(WireError) {
        guard let body = unsafe body?.pointee else { throw .malformed("a parameter that is missing") }
        self.init(
            name: try unsafe Field.text(body.name, atMost: WireLimit.nameBytes, "a parameter's name"),
            version: unsafe body.version
        )
    }
}

extension Lease {
    fileprivate init(_ body: UnsafePointer<Coterie__V1__Lease>?) throws(WireError) {
        guard let body = unsafe body?.pointee else { throw .malformed("a lease that is missing") }
        let first = try Field.count(unsafe body.first_block, "a lease's first block")
        let end = try Field.count(unsafe body.end_block, "a lease's end")
        guard first <= end else { throw .malformed("a lease from block \(first) to block \(end)") }
        self.init(id: unsafe LeaseID(body.id), round: unsafe RoundID(body.round), blocks: first..<end)
    }
}
