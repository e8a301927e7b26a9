import CProtobufC
import CProtocols
import Coordination

extension EncodingArena {
    /// Makes `message` the body of `envelope`.
    ///
    /// - Throws: `.malformed` for numbers and texts that the protocol has no way to say.
    mutating func write(
        _ message: Message,
        into envelope: UnsafeMutablePointer<Coterie__V1__Envelope>
    ) throws(WireError) {
        switch message {
        case .join(let request):
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_JOIN
            unsafe envelope.pointee.join = try join(request)
        case .heartbeat(let heartbeat):
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_HEARTBEAT
            unsafe envelope.pointee.heartbeat = try beat(heartbeat)
        case .partial(let notice):
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_PARTIAL
            unsafe envelope.pointee.partial = try partial(notice)
        case .failure(let failure):
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_FAILURE
            unsafe envelope.pointee.failure = try taskFailure(failure)
        case .leave:
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_LEAVE
            unsafe envelope.pointee.leave = unsafe place(coterie__v1__leave__init)
        case .unable(let why):
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_UNABLE
            unsafe envelope.pointee.unable = unsafe place(coterie__v1__unable__init)
            unsafe envelope.pointee.unable.pointee.reason = try reason(why)
        case .welcome(let welcome):
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_WELCOME
            unsafe envelope.pointee.welcome = try greeting(welcome)
        case .refusal(let refusal):
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_REFUSAL
            unsafe envelope.pointee.refusal = try refuse(refusal)
        case .round(let notice):
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_ROUND
            unsafe envelope.pointee.round = try round(notice)
        case .grant(let lease):
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_GRANT
            unsafe envelope.pointee.grant = try self.lease(lease)
        case .revoke(let id):
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_REVOKE
            unsafe envelope.pointee.revoke = unsafe leaseNumber(id)
        case .acknowledgement:
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_ACKNOWLEDGEMENT
            unsafe envelope.pointee.acknowledgement = unsafe place(coterie__v1__acknowledgement__init)
        case .rejoin:
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_REJOIN
            unsafe envelope.pointee.rejoin = unsafe place(coterie__v1__rejoin__init)
        case .farewell(let farewell):
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_FAREWELL
            unsafe envelope.pointee.farewell = unsafe place(coterie__v1__farewell__init)
            unsafe envelope.pointee.farewell.pointee.exit_code = farewell.exitCode
        case .statusRequest:
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_STATUS_REQUEST
            unsafe envelope.pointee.status_request = unsafe place(coterie__v1__status_request__init)
        case .status(let snapshot):
            unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_STATUS
            unsafe envelope.pointee.status = unsafe place(coterie__v1__status_report__init)
            unsafe envelope.pointee.status.pointee.snapshot = try text(snapshot)
        }
    }

    private mutating func join(
        _ request: JoinRequest
    ) throws(WireError) -> UnsafeMutablePointer<Coterie__V1__JoinRequest> {
        let place = unsafe place(coterie__v1__join_request__init)
        unsafe place.pointee.name = try text(request.name)
        unsafe place.pointee.process = request.process
        unsafe place.pointee.host = try text(request.host)
        unsafe place.pointee.threads = try Self.number(request.threads, "a worker's number of threads")
        unsafe place.pointee.fingerprint = try text(request.fingerprint)
        return unsafe place
    }

    private mutating func beat(
        _ heartbeat: Heartbeat
    ) throws(WireError) -> UnsafeMutablePointer<Coterie__V1__Heartbeat> {
        let place = unsafe place(coterie__v1__heartbeat__init)
        if let lease = heartbeat.lease {
            unsafe place.pointee.lease = unsafe leaseNumber(lease)
        }
        unsafe place.pointee.finished_blocks = try Self.number(heartbeat.finishedBlocks, "a number of blocks")
        unsafe place.pointee.draining = heartbeat.isDraining ? 1 : 0
        return unsafe place
    }

    private mutating func partial(
        _ notice: PartialNotice
    ) throws(WireError) -> UnsafeMutablePointer<Coterie__V1__PartialNotice> {
        let place = unsafe place(coterie__v1__partial_notice__init)
        unsafe place.pointee.lease = try lease(notice.lease)
        unsafe place.pointee.checksum = notice.checksum
        unsafe place.pointee.busy_nanoseconds = try Self.nanoseconds(notice.busy, "a busy time")
        unsafe place.pointee.peak_memory = notice.peakMemory
        guard notice.readings.before <= WireLimit.statedReadings, notice.readings.stated.count <= WireLimit.readings
        else {
            throw .malformed("\(notice.readings), where \(WireLimit.readings) at once are allowed")
        }
        unsafe place.pointee.certified_rows = notice.certified.rows
        unsafe place.pointee.rechecked_in_float = notice.certified.inFloat
        unsafe place.pointee.rechecked_in_double = notice.certified.inDouble
        unsafe place.pointee.pairs = notice.certified.pairs
        unsafe place.pointee.multiplied_pairs = notice.certified.multiplied
        unsafe place.pointee.readings_before = try Self.number(notice.readings.before, "a number of readings")
        var runs: [UnsafeMutablePointer<Coterie__V1__Readings>?] = unsafe []
        for run in notice.readings.stated.chunked() {
            unsafe runs.append(try readings(run))
        }
        unsafe place.pointee.n_readings = unsafe runs.count
        unsafe place.pointee.readings = unsafe array(runs)
        return unsafe place
    }

    /// Readings of one dataset.
    private mutating func readings(
        _ run: ArraySlice<Reading>
    ) throws(WireError) -> UnsafeMutablePointer<Coterie__V1__Readings> {
        let place = unsafe place(coterie__v1__readings__init)
        unsafe place.pointee.dataset = run[run.startIndex].dataset
        var stretches: [UInt64] = []
        for reading in run { stretches.append(try Self.number(reading.stretch, "a stretch of rows")) }
        unsafe place.pointee.n_stretches = run.count
        unsafe place.pointee.stretches = unsafe array(stretches)
        unsafe place.pointee.n_digests = run.count
        unsafe place.pointee.digests = unsafe array(run.map(\.digest))
        return unsafe place
    }

    private mutating func taskFailure(
        _ failure: TaskFailure
    ) throws(WireError) -> UnsafeMutablePointer<Coterie__V1__TaskFailure> {
        let place = unsafe place(coterie__v1__task_failure__init)
        unsafe place.pointee.lease = try lease(failure.lease)
        unsafe place.pointee.exit_code = failure.exitCode
        unsafe place.pointee.reason = try reason(failure.reason)
        return unsafe place
    }

    private mutating func greeting(
        _ welcome: Welcome
    ) throws(WireError) -> UnsafeMutablePointer<Coterie__V1__Welcome> {
        let place = unsafe place(coterie__v1__welcome__init)
        unsafe place.pointee.heartbeat_nanoseconds = try Self.nanoseconds(welcome.heartbeat, "a heartbeat's interval")
        unsafe place.pointee.job = try text(welcome.job)
        return unsafe place
    }

    private mutating func refuse(
        _ refusal: Refusal
    ) throws(WireError) -> UnsafeMutablePointer<Coterie__V1__Refusal> {
        let place = unsafe place(coterie__v1__refusal__init)
        unsafe place.pointee.code = Coterie__V1__RefusalCode(rawValue: refusal.code.rawValue)
        unsafe place.pointee.reason = try reason(refusal.reason)
        return unsafe place
    }

    private mutating func round(
        _ notice: RoundNotice
    ) throws(WireError) -> UnsafeMutablePointer<Coterie__V1__RoundNotice> {
        let place = unsafe place(coterie__v1__round_notice__init)
        unsafe place.pointee.round = notice.round.rawValue
        unsafe place.pointee.kind = try text(notice.kind)
        var parameters: [UnsafeMutablePointer<Coterie__V1__ParameterReference>?] = unsafe []
        for parameter in notice.parameters {
            unsafe parameters.append(try reference(parameter))
        }
        unsafe place.pointee.n_parameters = unsafe parameters.count
        unsafe place.pointee.parameters = unsafe array(parameters)
        var attached: [UInt32] = []
        for index in notice.attached {
            attached.append(try Self.number(index, "a parameter's place"))
        }
        unsafe place.pointee.n_attached = attached.count
        unsafe place.pointee.attached = unsafe array(attached)
        return unsafe place
    }

    private mutating func reference(
        _ parameter: ParameterReference
    ) throws(WireError) -> UnsafeMutablePointer<Coterie__V1__ParameterReference> {
        let place = unsafe place(coterie__v1__parameter_reference__init)
        unsafe place.pointee.name = try text(parameter.name)
        unsafe place.pointee.version = parameter.version
        return unsafe place
    }

    private mutating func lease(_ lease: Lease) throws(WireError) -> UnsafeMutablePointer<Coterie__V1__Lease> {
        let place = unsafe place(coterie__v1__lease__init)
        unsafe place.pointee.id = lease.id.rawValue
        unsafe place.pointee.round = lease.round.rawValue
        unsafe place.pointee.first_block = try Self.number(lease.blocks.lowerBound, "a lease's first block")
        unsafe place.pointee.end_block = try Self.number(lease.blocks.upperBound, "a lease's end")
        return unsafe place
    }

    private mutating func leaseNumber(_ id: LeaseID) -> UnsafeMutablePointer<Coterie__V1__LeaseNumber> {
        let place = unsafe place(coterie__v1__lease_number__init)
        unsafe place.pointee.id = id.rawValue
        return unsafe place
    }
}

extension [Reading] {
    /// As runs of the same dataset.
    fileprivate func chunked() -> [ArraySlice<Reading>] {
        var runs: [ArraySlice<Reading>] = []
        var start = startIndex
        for index in indices where index + 1 == endIndex || self[index + 1].dataset != self[index].dataset {
            runs.append(self[start...index])
            start = index + 1
        }
        return runs
    }
}
