import ArgumentParser

/// Joins a fleet and works for it.
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Join a fleet.",
        discussion: """
            The worker reads the same files as the coordinator, under the same paths, and leaves when the job is done.

            Examples:
              coterie worker tcp://coordinator:5555 --insecure
              coterie worker tcp://10.0.0.1:5555 --insecure --threads 8 --death-timeout 300
            """
    )

    @Argument(help: "The coordinator: tcp://HOST:PORT or ipc://PATH.")
    var endpoint: String

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

    @OptionGroup var progress: ProgressOptions
    @OptionGroup var settings: SettingsOptions

    func validate() throws {
        guard Endpoint.isTCP(endpoint) || Endpoint.isLocal(endpoint) else {
            throw CommandError(.usage, "bad endpoint", at: endpoint, fix: "give tcp://HOST:PORT or ipc://PATH")
        }
        if Endpoint.isTCP(endpoint), !insecure {
            throw CommandError(.usage, "no keys", at: endpoint, fix: "pass --insecure to work in plain text")
        }
    }

    func run() throws {
        try WorkerRun(command: self).run()
    }
}
