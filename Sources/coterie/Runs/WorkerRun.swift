import Foundation
import Services

/// The `worker` command's work.
struct WorkerRun {
    let command: Worker

    func run() throws {
        let interruption = Interruption()
        // A local worker hears of Ctrl-C with its coordinator, which alone decides what it means.
        let signals = SignalWatch(interruption, signals: command.lifeline ? [SIGTERM] : [SIGINT, SIGTERM, SIGUSR2])
        if command.lifeline { signal(SIGINT, SIG_IGN) }
        let service = try WorkerService(
            WorkerOptions(
                endpoint: command.endpoint,
                name: command.name
                    ?? "\(ProcessInfo.processInfo.hostName):\(ProcessInfo.processInfo.processIdentifier)",
                threads: command.threads,
                deathTimeout: .seconds(command.deathTimeout),
                hasLifeline: command.lifeline
            ),
            interruption: interruption
        )
        do {
            try withExtendedLifetime(signals) { try service.run() }
        } catch where command.lifeline {
            // The coordinator heard the reason and says it; a line from each of its workers would only repeat it.
            exit(FailureDescription(error).exitCode)
        }
    }
}
