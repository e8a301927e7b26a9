@testable import Coordination

/// Runs the commands of a transcript against a coordinator.
struct CoordinatorScript {
    private var now = Instant(.zero)
    private var coordinator = Coordinator(term: Term(1), settings: FleetSettings(), at: Instant(.zero))
    private var granted: [(worker: WorkerID, lease: Lease)] = []

    mutating func run(_ line: String) -> [String] {
        let arguments = Arguments(line)
        switch arguments.name {
        case "fleet": return start(arguments)
        case "state": return Describer.text(coordinator)
        case "deadline": return [coordinator.nextDeadline.map { "at \($0.sinceOrigin.milliseconds) ms" } ?? "none"]
        case "alive": return pass(arguments.span ?? .zero, beating: arguments.workers.map(Names.worker))
        case "standstill":
            now = now + (arguments.span ?? .zero)
            return []
        case "time":
            now = now + (arguments.span ?? .zero)
            return handle(.tick)
        default: return event(arguments).map { handle($0) } ?? ["no such command: \(line)"]
        }
    }

    private mutating func start(_ arguments: Arguments) -> [String] {
        var settings = FleetSettings()
        settings.leastWorkers = arguments.integer("least", default: 1)
        settings.leastToGoOn = arguments.integer("keep", default: 1)
        settings.allowsMixedFingerprints = arguments["mixed"] == "yes"
        coordinator = Coordinator(term: Term(1), settings: settings, at: now)
        return []
    }

    private func event(_ arguments: Arguments) -> Event? {
        switch arguments.name {
        case "round": .roundReady(request(arguments))
        case "verified":
            .verified(
                arguments.readings.stated.map { VerifiedReading($0, place: "x.npy rows of stretch \($0.stretch)") }
            )
        case "interrupt": .interrupted
        case "finish": .programFinished
        case "abandon": .abandoned(because: "every worker of this machine has ended")
        case "gone": .gone(arguments.worker, because: arguments.reason)
        case "turned-away": .turnedAway(because: arguments.reason)
        default: message(arguments).map { .received($0, from: arguments.worker) }
        }
    }

    private func message(_ arguments: Arguments) -> Message? {
        switch arguments.name {
        case "join": .join(join(arguments))
        case "heartbeat":
            .heartbeat(
                Heartbeat(
                    lease: arguments["lease"].flatMap { UInt64($0) }.map { LeaseID($0) },
                    finishedBlocks: arguments.integer("finished", default: 0)
                )
            )
        case "partial":
            .partial(
                PartialNotice(
                    lease: lease(arguments),
                    checksum: UInt32(arguments.integer("checksum", default: 0)),
                    readings: arguments.readings
                )
            )
        case "fail":
            .failure(TaskFailure(lease: lease(arguments), exitCode: 66, reason: "block 4 cannot be read"))
        case "leave": .leave
        case "unable": .unable(because: arguments.reason)
        case "acknowledgement": .acknowledgement
        default: nil
        }
    }

    private func join(_ arguments: Arguments) -> JoinRequest {
        JoinRequest(
            name: "host:\(Names.letter(arguments.worker))",
            process: 1,
            threads: arguments.integer("threads", default: 1),
            fingerprint: arguments["fingerprint"] ?? "x"
        )
    }

    private func request(_ arguments: Arguments) -> RoundRequest {
        RoundRequest(
            round: RoundID(UInt64(arguments.blocks?.lowerBound ?? 1)),
            kind: arguments["kind"] ?? "assign",
            parameters: arguments.parameters,
            blocks: arguments.integer("blocks", default: 1),
            isRecorded: arguments["recorded"] == "yes"
        )
    }

    /// The lease that the worker was granted last on these blocks, or one that never was.
    private func lease(_ arguments: Arguments) -> Lease {
        let blocks = arguments.blocks ?? 0..<1
        let known = granted.last { $0.worker == arguments.worker && $0.lease.blocks == blocks }?.lease
        return Lease(
            id: LeaseID(UInt64(arguments.integer("lease", default: Int(known?.id.rawValue ?? 0)))),
            round: RoundID(UInt64(arguments.integer("round", default: Int(known?.round.rawValue ?? 1)))),
            blocks: blocks
        )
    }

    /// Lets time go by in steps of a heartbeat, in which the named workers say that they live.
    private mutating func pass(_ span: Duration, beating workers: [WorkerID]) -> [String] {
        let end = now + span
        var lines: [String] = []
        while now < end {
            now = now + coordinator.settings.timing.heartbeat
            for worker in workers {
                let lease = coordinator.workers.first { $0.id == worker }?.lease
                lines += handle(.received(.heartbeat(Heartbeat(lease: lease)), from: worker))
            }
            lines += handle(.tick)
        }
        return lines.filter { !$0.hasSuffix("acknowledgement") }.map { "\($0)" }
    }

    private mutating func handle(_ event: Event) -> [String] {
        let effects = coordinator.handle(event, at: now)
        for case .send(.grant(let lease), let worker) in effects {
            granted.append((worker, lease))
        }
        return effects.map { Describer.text($0) } + (coordinator.invariants().map { ["BROKEN: \($0)"] } ?? [])
    }
}
