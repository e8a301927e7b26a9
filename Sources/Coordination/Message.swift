/// What crosses the wire. Arrays of numbers are not in here: a message names its payload, and the services attach and
/// detach the bytes.
package enum Message: Hashable, Sendable {
    // From a worker.
    case join(JoinRequest)
    case heartbeat(Heartbeat)
    case partial(PartialNotice)
    case failure(TaskFailure)
    case leave
    /// The worker cannot take part in this job, and goes: such as when its files are not to be seen there.
    case unable(because: String)
    /// Not from a worker but from somebody who wants to know how the job goes. The services answer, not the machine.
    case statusRequest

    // From the coordinator.
    case welcome(Welcome)
    case refusal(Refusal)
    case round(RoundNotice)
    case grant(Lease)
    case revoke(LeaseID)
    /// The answer to a heartbeat: the coordinator lives and knows the worker.
    case acknowledgement
    /// The coordinator does not know this worker (it was taken for lost, or the coordinator is a new one): join again.
    case rejoin
    case farewell(Farewell)
    /// The answer to a request for the status: one JSON object.
    case status(String)
}

/// What a worker says of itself when it asks to be taken into the fleet.
package struct JoinRequest: Hashable, Sendable {
    /// What people call it in logs and reports, as `host:process`.
    package var name: String
    package var process: Int32
    /// How many blocks it works on at once; its share of a round is in proportion.
    package var threads: Int
    /// The machine it runs on, as that calls itself; empty when not stated.
    package var host: String
    /// States everything that the bits of its results depend on; see DESIGN in the module's documentation.
    package var fingerprint: String

    package init(name: String, process: Int32, host: String = "", threads: Int, fingerprint: String) {
        self.name = name
        self.process = process
        self.host = host
        self.threads = threads
        self.fingerprint = fingerprint
    }
}

/// What a worker needs to know to take part.
package struct Welcome: Hashable, Sendable {
    package var heartbeat: Duration
    /// The job's program, settings and dataset, as text that only the services read.
    package var job: String

    package init(heartbeat: Duration, job: String) {
        self.heartbeat = heartbeat
        self.job = job
    }
}

/// Why a worker may not take part. It does not ask again.
package struct Refusal: Hashable, Sendable {
    package enum Code: UInt32, Hashable, Sendable, CaseIterable {
        /// Its results could differ in the last bit from those of the workers before it.
        case fingerprint = 1
        /// It speaks another version of the protocol.
        case version = 2
        /// What it asked for makes no sense.
        case malformed = 3
        /// Its key has been taken off the list of those let in.
        case key = 4
        /// It has read other bytes than the coordinator.
        case data = 5
    }

    package var code: Code
    package var reason: String

    package init(code: Code, reason: String) {
        self.code = code
        self.reason = reason
    }
}

/// A sign of life, with what was done of the current lease.
package struct Heartbeat: Hashable, Sendable {
    package var lease: LeaseID?
    /// Blocks finished of that lease.
    package var finishedBlocks: Int
    /// Whether the worker goes once the lease is done, and wants no other.
    package var isDraining: Bool

    package init(lease: LeaseID? = nil, finishedBlocks: Int = 0, isDraining: Bool = false) {
        self.lease = lease
        self.finishedBlocks = finishedBlocks
        self.isDraining = isDraining
    }
}

/// An array that a round's tasks read. Equal versions mean equal contents within a job, so that an array goes to a worker
/// once however many rounds read it.
package struct ParameterReference: Hashable, Sendable {
    package var name: String
    package var version: UInt64

    package init(name: String, version: UInt64) {
        self.name = name
        self.version = version
    }
}

/// What a round asks for. It goes to a worker before the first lease of that round.
package struct RoundNotice: Hashable, Sendable {
    package var round: RoundID
    /// What kind of round of its program this is, such as `assign`.
    package var kind: String
    package var parameters: [ParameterReference]
    /// Places in `parameters` of the arrays that the worker does not hold; they travel with the message.
    package var attached: [Int]

    package init(round: RoundID, kind: String, parameters: [ParameterReference], attached: [Int]) {
        self.round = round
        self.kind = kind
        self.parameters = parameters
        self.attached = attached
    }
}

/// A worker's right to the tasks of some blocks of a round.
package struct Lease: Hashable, Sendable {
    package var id: LeaseID
    package var round: RoundID
    package var blocks: Range<Int>

    package init(id: LeaseID, round: RoundID, blocks: Range<Int>) {
        self.id = id
        self.round = round
        self.blocks = blocks
    }
}

extension Lease {
    /// Whether this is the lease, or its first blocks.
    func isBeginning(of lease: Lease) -> Bool {
        id == lease.id && round == lease.round && !blocks.isEmpty && blocks.lowerBound == lease.blocks.lowerBound
            && blocks.upperBound <= lease.blocks.upperBound
    }
}

/// A worker's answer to a lease: the partials of its blocks, merged. The arrays travel with the message.
///
/// A worker that is about to go names only the first blocks of its lease: those that it has done.
package struct PartialNotice: Hashable, Sendable {
    package var lease: Lease
    /// CRC32C over the arrays. Two answers for the same blocks must agree in it, since a task is a pure function.
    package var checksum: UInt32
    /// Processor time the worker spent on it, for the report only.
    package var busy: Duration
    /// The largest resident memory of the worker so far, mapped input excluded, in bytes; for the report only.
    package var peakMemory: UInt64
    /// What it was computed from, as far as that was not stated before.
    package var readings: Readings
    /// What it took to be certain, which differs between processors; for the report only.
    package var certified: CertifiedRows

    package init(
        lease: Lease,
        checksum: UInt32,
        busy: Duration = .zero,
        peakMemory: UInt64 = 0,
        readings: Readings = Readings(),
        certified: CertifiedRows = CertifiedRows()
    ) {
        self.lease = lease
        self.checksum = checksum
        self.busy = busy
        self.peakMemory = peakMemory
        self.readings = readings
        self.certified = certified
    }
}

/// Rows whose labels or lists were found, and those of them that were looked at again.
package struct CertifiedRows: Hashable, Sendable {
    package var rows: UInt64
    package var inFloat: UInt64
    package var inDouble: UInt64
    /// Pairs of rows and centroids, and those of them that were multiplied in whole length.
    package var pairs: UInt64
    package var multiplied: UInt64

    package init(
        rows: UInt64 = 0,
        inFloat: UInt64 = 0,
        inDouble: UInt64 = 0,
        pairs: UInt64 = 0,
        multiplied: UInt64 = 0
    ) {
        self.rows = rows
        self.inFloat = inFloat
        self.inDouble = inDouble
        self.pairs = pairs
        self.multiplied = multiplied
    }
}

/// A task that cannot be done by anybody, such as a block that cannot be read.
package struct TaskFailure: Hashable, Sendable {
    package var lease: Lease
    /// The exit code that fits (sysexits).
    package var exitCode: Int32
    package var reason: String

    package init(lease: Lease, exitCode: Int32, reason: String) {
        self.lease = lease
        self.exitCode = exitCode
        self.reason = reason
    }
}

/// The job is over, and how.
package struct Farewell: Hashable, Sendable {
    /// 0 when the job was done; otherwise what the coordinator exits with.
    package var exitCode: Int32

    package init(exitCode: Int32) {
        self.exitCode = exitCode
    }
}
