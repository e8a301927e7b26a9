import ArgumentParser
import Foundation
import Services

/// Says how a job goes.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say how a job goes: who is alive, what round, how fast, who is slow and why.",
        discussion: """
            Give the folder of a run, or the endpoint where its coordinator listens. A fleet of local workers has no \
            endpoint of its own: name the folder. An endpoint with CURVE wants a key of its authorized_workers, or the \
            coordinator's own pair: then --keys is enough. Asking does not disturb the job. Of a run's folder the exit code \
            is 0 where the run is at work or done, 75 where it was interrupted, and 69 where it failed.

            Examples:
              coterie status runs/hundred
              coterie status runs/hundred --watch
              coterie status tcp://10.0.0.1:5555 --keys keys --coordinator-key coordinator.key --json
            """
    )

    @Argument(
        help: ArgumentHelp("A run's folder, or the coordinator: tcp://HOST:PORT or ipc://PATH.", valueName: "run"),
        completion: .directory
    )
    var place: String

    @Flag(help: "Look again every second until the job ends. (default: once)")
    var watch = false

    @Flag(help: "Print one JSON object. (default: a table)")
    var json = false

    @Option(help: ArgumentHelp("The key pair to ask with. (default: none)", valueName: "dir"))
    var keys: String?

    @Option(
        help: ArgumentHelp(
            "The public key of the coordinator. (default: public.key in --keys)",
            valueName: "file"
        )
    )
    var coordinatorKey: String?

    @Flag(help: "Ask in plain text. (default: off)")
    var insecure = false

    @OptionGroup var settings: SettingsOptions

    /// Whether a coordinator is to be asked, and not a folder to be read.
    var isEndpoint: Bool { place.contains("://") }

    func validate() throws {
        // A folder is read without keys; they may still be set for all commands in the environment.
        guard isEndpoint else { return }
        guard Endpoint.isTCP(place) || Endpoint.isLocal(place) else {
            throw CommandError(.usage, "bad endpoint", at: place, fix: "give tcp://HOST:PORT or ipc://PATH")
        }
        if Endpoint.isTCP(place) { try checkKeys() }
    }

    private func checkKeys() throws {
        guard insecure || keys != nil else {
            throw CommandError(.usage, "no keys", at: place, fix: "give --keys DIR, or --insecure to ask in plain text")
        }
        guard !insecure || (keys == nil && coordinatorKey == nil) else {
            throw CommandError(.usage, "contradictory flags", at: "keys with --insecure", fix: "leave out one")
        }
    }

    /// None on a path, as for workers.
    var inquiryKeys: WorkerKeys? {
        guard Endpoint.isTCP(place), let keys else { return nil }
        return WorkerKeys(
            folder: keys,
            coordinator: coordinatorKey ?? (keys as NSString).appendingPathComponent("public.key")
        )
    }

    func run() throws {
        let display = StatusDisplay(isJSON: json, isWatching: watch)
        if isEndpoint {
            try EndpointStatus(command: self, display: display).run()
        } else {
            try RunStatus(folder: place, isWatching: watch, display: display).run()
        }
    }
}
