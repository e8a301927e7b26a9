import ArgumentParser
import Services

extension ExitPoint: ExpressibleByArgument {}

/// Joins a fleet and works for it.
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Join a fleet.",
        discussion: """
            The worker reads the same files as the coordinator, under the same paths, and leaves when the job is done.

            Examples:
              coterie worker tcp://coordinator:5555 --keys keys --coordinator-key coordinator.key
              coterie worker tcp://10.0.0.1:5555 --insecure --threads 8 --death-timeout 300
            """
    )

    @Argument(help: "The coordinator: tcp://HOST:PORT or ipc://PATH.")
    var endpoint: String

    @Option(help: ArgumentHelp("This worker's key pair, as keygen made it. (default: none)", valueName: "dir"))
    var keys: String?

    @Option(
        help: ArgumentHelp(
            "The public key of the coordinator, the only one to work for. (default: none)",
            valueName: "file"
        )
    )
    var coordinatorKey: String?

    @Flag(help: "Talk to the coordinator in plain text. (default: off)")
    var insecure = false

    @Option(help: "Tasks to work on at once. (default: 1)", transform: Bounded.integer(in: 1...4096))
    var threads: Int = 1

    @Option(
        help: ArgumentHelp("Give up when the coordinator is silent for this long. (default: 60)", valueName: "seconds"),
        transform: Bounded.number(in: 0.05...1e6, unit: "seconds")
    )
    var deathTimeout: Double = 60

    @Option(
        help: ArgumentHelp("What to call this worker in reports. (default: HOST:PROCESS)", valueName: "name")
    )
    var name: String?

    @Flag(help: ArgumentHelp("Exit when standard input ends; set by a coordinator.", visibility: .hidden))
    var lifeline = false

    @Option(
        help: ArgumentHelp(
            "End without a word at a point of the work, to test a fleet: joined, leased, between-blocks, mapped or answered.",
            visibility: .hidden
        )
    )
    var exitAt: ExitPoint?

    @OptionGroup var progress: ProgressOptions
    @OptionGroup var settings: SettingsOptions

    func validate() throws {
        guard Endpoint.isTCP(endpoint) || Endpoint.isLocal(endpoint) else {
            throw CommandError(.usage, "bad endpoint", at: endpoint, fix: "give tcp://HOST:PORT or ipc://PATH")
        }
        if Endpoint.isTCP(endpoint) { try checkKeys() }
    }

    private func checkKeys() throws {
        if insecure {
            guard keys == nil, coordinatorKey == nil else {
                throw CommandError(
                    .usage,
                    "contradictory flags",
                    at: "\(keys == nil ? "--coordinator-key" : "--keys") with --insecure",
                    fix: "leave out one"
                )
            }
        } else if keys == nil || coordinatorKey == nil {
            throw CommandError(
                .usage,
                "no keys",
                at: endpoint,
                fix: "give --keys DIR and --coordinator-key FILE, or --insecure to work in plain text"
            )
        }
    }

    /// None on a path: the local fleet meets in a folder that nobody else can enter.
    var workerKeys: WorkerKeys? {
        guard Endpoint.isTCP(endpoint), let keys, let coordinatorKey else { return nil }
        return WorkerKeys(folder: keys, coordinator: coordinatorKey)
    }

    func run() throws {
        try WorkerRun(command: self).run()
    }
}
