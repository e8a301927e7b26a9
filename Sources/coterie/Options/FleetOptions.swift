import ArgumentParser
import Foundation

/// Who does the work of a job.
struct FleetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Local worker processes; 0 with --listen for remote ones only. (default: one per usable core)"
        ),
        transform: Bounded.integer(in: 0...4096)
    )
    var workers: Int?

    @Flag(help: "Do all work in this process, without workers; the digest is the same. (default: off)")
    var inProcess = false

    @Option(
        help: ArgumentHelp(
            "Threads of each local worker, or of this process with --in-process. (default: 1; with --in-process one per usable core)"
        ),
        transform: Bounded.integer(in: 1...1024)
    )
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Accept remote workers at tcp://HOST:PORT; port 0 is a free one, and printed. (default: local workers only)",
            valueName: "endpoint"
        )
    )
    var listen: String?

    @Option(help: "Start when this many workers have joined. (default: 1)", transform: Bounded.integer(in: 1...4096))
    var minWorkers: Int = 1

    @Option(
        help: "Go on with this many workers or more; with fewer, wait for others. (default: 1)",
        transform: Bounded.integer(in: 1...4096)
    )
    var keepWorkers: Int = 1

    @Option(
        help: ArgumentHelp(
            "This coordinator's key pair and authorized_workers, the keys of remote workers. (default: none)",
            valueName: "dir"
        )
    )
    var keys: String?

    @Flag(help: "Accept anybody at --listen, in plain text. (default: off)")
    var insecure = false

    @Flag(help: "Accept workers whose kernels compute other bits; the result is then not reproducible. (default: off)")
    var allowMixed = false

    @Option(
        help: ArgumentHelp(
            "Give up when there have been too few workers for this long. (default: 300)",
            valueName: "seconds"
        ),
        transform: Bounded.number(in: 0.05...1e6, unit: "seconds")
    )
    var quorumTimeout: Double = 300

    @Option(
        help: ArgumentHelp(
            "Give a silent worker's tasks to others after this time. (default: 2)",
            valueName: "seconds"
        ),
        transform: Bounded.number(in: 0.05...60, unit: "seconds")
    )
    var suspicion: Double = 2

    /// Local worker processes to start; none when the work is done in this process.
    var localWorkers: Int {
        inProcess ? 0 : workers ?? UsableCores.ofThisProcess.count
    }

    /// Whether the job listens under keys, of which SIGHUP has the list read again.
    var hasKeys: Bool { !inProcess && !insecure && keys != nil }

    /// Threads of each process that computes.
    var threadsOfEach: Int {
        threads ?? (inProcess ? UsableCores.ofThisProcess.count : 1)
    }

    func validate() throws {
        if inProcess { try checkAlone() }
        if let listen { try checkListening(at: listen) }
        if workers == 0, listen == nil, !inProcess {
            throw CommandError(
                .usage,
                "no workers",
                at: "--workers 0 without --listen",
                fix: "give --listen tcp://HOST:PORT or at least one worker"
            )
        }
        let needed = [("--min-workers", minWorkers), ("--keep-workers", keepWorkers)]
        if !inProcess, listen == nil, let (flag, count) = needed.first(where: { $0.1 > localWorkers }) {
            throw CommandError(
                .usage,
                "too few workers",
                at: "\(flag) \(count) with \(localWorkers) local and no remote ones",
                fix: "give --workers \(count) or --listen tcp://HOST:PORT"
            )
        }
    }

    private func checkAlone() throws {
        let conflict: String? =
            if listen != nil { "--listen" } else if workers != nil { "--workers" } else if minWorkers > 1 {
                "--min-workers"
            } else if keepWorkers > 1 { "--keep-workers" } else { nil }
        guard let conflict else { return }
        throw CommandError(
            .usage,
            "contradictory flags",
            at: "\(conflict) with --in-process",
            fix: "leave out one: no workers take part in a run in one process"
        )
    }

    private func checkListening(at endpoint: String) throws {
        guard Endpoint.isTCP(endpoint, leastPort: 0) else {
            throw CommandError(
                .usage,
                "bad endpoint",
                at: "--listen \(endpoint)",
                fix: "give tcp://HOST:PORT, with brackets around an IPv6 address"
            )
        }
        guard insecure || keys != nil else {
            throw CommandError(
                .usage,
                "no keys",
                at: "--listen \(endpoint)",
                fix: "give --keys DIR, or --insecure to accept anybody in plain text"
            )
        }
        guard !insecure || keys == nil else {
            throw CommandError(.usage, "contradictory flags", at: "--keys with --insecure", fix: "leave out one")
        }
    }
}

/// Addresses as ZeroMQ writes them.
enum Endpoint {
    /// Whether this is `tcp://HOST:PORT` with a port up to 65535.
    static func isTCP(_ text: String, leastPort: Int = 1) -> Bool {
        guard text.hasPrefix("tcp://") else { return false }
        let address = text.dropFirst("tcp://".count)
        guard let colon = address.lastIndex(of: ":") else { return false }
        let host = address[..<colon]
        let port = address[address.index(after: colon)...]
        return !host.isEmpty && port.allSatisfy(\.isNumber) && Int(port).map((leastPort...65_535).contains) == true
    }

    /// Whether this is `ipc://PATH`.
    static func isLocal(_ text: String) -> Bool {
        text.hasPrefix("ipc://") && text.count > "ipc://".count
    }
}
