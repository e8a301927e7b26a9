import Foundation
import Services

/// The `worker` command's work.
struct WorkerRun {
    let command: Worker

    func run() throws {
        try DescriptorLimit.require(DescriptorLimit.ofFleet, for: "a worker")
        let interruption = Interruption()
        // A local worker hears of Ctrl-C, and of a terminal that goes, with its coordinator, which alone decides what it means.
        let signals = SignalWatch(interruption, except: command.lifeline ? [SIGINT, SIGHUP, SIGUSR1, SIGUSR2] : [])
        let isSilent = command.lifeline || command.progress.quiet
        let process = ProcessInfo.processInfo
        let service = try WorkerService(
            WorkerOptions(
                endpoint: command.endpoint,
                keys: command.workerKeys,
                name: command.name ?? "\(process.hostName):\(process.processIdentifier)",
                threads: command.threads,
                deathTimeout: .seconds(command.deathTimeout),
                hasLifeline: command.lifeline,
                exitPoint: command.exitAt,
                say: { if !isSilent { StandardError.note($0) } }
            ),
            interruption: interruption
        )
        try withExtendedLifetime(signals) { try service.run() }
    }
}
