@testable import Coordination

/// Runs the commands of a transcript against a worker.
struct WorkerScript {
    private var now = Instant(.zero)
    private var lease: Lease?
    private var worker = Worker(
        settings: WorkerSettings(
            request: JoinRequest(name: "host:1", process: 1, threads: 2, fingerprint: "x"),
            endpoint: "tcp://coordinator:7777",
            deathTimeout: .seconds(10)
        ),
        at: Instant(.zero)
    )

    mutating func run(_ line: String) -> [String] {
        let arguments = Arguments(line)
        switch arguments.name {
        case "deadline": return [worker.nextDeadline.map { "at \($0.sinceOrigin.milliseconds) ms" } ?? "none"]
        case "time":
            now = now + (arguments.span ?? .zero)
            return handle(.tick)
        default: return event(arguments).map { handle($0) } ?? ["no such command: \(line)"]
        }
    }

    private func event(_ arguments: Arguments) -> WorkerEvent? {
        switch arguments.name {
        case "start": .started
        case "heard": .heard
        case "drain": .drain
        case "unable": .unable(exitCode: 66, reason: "no such file: rows.npy")
        case "progressed":
            lease.map { .progressed($0.id, finishedBlocks: arguments.integer("blocks", default: 1)) }
        case "finished":
            lease.map { .finished(PartialNotice(lease: $0, checksum: 7, readings: arguments.readings)) }
        case "failed":
            lease.map { .failed(TaskFailure(lease: $0, exitCode: 65, reason: "row 3 is not a number")) }
        default:
            message(arguments).map { .received($0, term: Term(UInt64(arguments.integer("term", default: 1)))) }
        }
    }

    private func message(_ arguments: Arguments) -> Message? {
        switch arguments.name {
        case "welcome": .welcome(Welcome(heartbeat: .milliseconds(500), job: "job"))
        case "refusal": .refusal(Refusal(code: .fingerprint, reason: "this worker computes otherwise"))
        case "refusal-of-data": .refusal(Refusal(code: .data, reason: "data differ"))
        case "round": .round(notice(arguments))
        case "grant": .grant(granted(arguments))
        case "revoke": .revoke(granted(arguments).id)
        case "acknowledgement": .acknowledgement
        case "rejoin": .rejoin
        case "farewell": .farewell(Farewell(exitCode: Int32(arguments.integer("exit", default: 0))))
        case "leave": .leave
        default: nil
        }
    }

    private func notice(_ arguments: Arguments) -> RoundNotice {
        let places = (arguments["attached"] ?? "").split(separator: ",").compactMap { Int($0) }
        return RoundNotice(
            round: RoundID(UInt64(arguments.integer("number", default: 1))),
            kind: "assign",
            parameters: arguments.parameters,
            attached: places
        )
    }

    private func granted(_ arguments: Arguments) -> Lease {
        Lease(
            id: LeaseID(UInt64(arguments.integer("lease", default: 1))),
            round: RoundID(UInt64(arguments.integer("round", default: 1))),
            blocks: arguments.blocks ?? 0..<4
        )
    }

    private mutating func handle(_ event: WorkerEvent) -> [String] {
        let effects = worker.handle(event, at: now)
        for case .run(let granted) in effects {
            lease = granted
        }
        return effects.map { Describer.text($0) }
    }
}
