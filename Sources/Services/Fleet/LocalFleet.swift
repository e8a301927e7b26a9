import Coordination
import Foundation
import Synchronization

/// The worker processes that a coordinator starts on its own machine.
///
/// Each holds the reading end of a pipe whose writing end only this process has: however the coordinator dies, the
/// kernel closes the pipe, and the worker sees the end of its input and exits.
final class LocalFleet {
    /// A process that ended.
    struct Departure: Sendable {
        let name: String
        let process: Int32
        let reason: String
    }

    private struct Slot {
        var process: Process
        var started: ContinuousClock.Instant
        /// Deaths soon after the start, one after the other: what kills it at once will kill it again.
        var earlyDeaths = 0
        var isGivenUp = false
    }

    private static let earlyDeath = Duration.seconds(1)
    private static let earlyDeathsAllowed = 3
    /// What a process exits with that found the data wrong, or none: so would another.
    private static let hopeless: Set<Int32> = [65, 66]

    private let executable: String
    private let endpoint: String
    private let threads: Int
    private let clock = ContinuousClock()
    private let departed = Departures()
    private let wake: @Sendable () -> Void
    private var slots: [Slot] = []
    private var isEnding = false

    /// - Parameter threads: of each process.
    init(executable: String, endpoint: String, threads: Int, wake: @escaping @Sendable () -> Void) {
        self.executable = executable
        self.endpoint = endpoint
        self.threads = threads
        self.wake = wake
    }

    func start(_ count: Int) throws {
        for number in 0..<count {
            slots.append(Slot(process: try launch(number), started: clock.now))
        }
    }

    /// Processes that ended since the last call; each is replaced unless it keeps dying.
    func takeDepartures() throws -> [Departure] {
        try departed.takeAll().map { number in
            let process = slots[number].process
            process.waitUntilExit()
            try replace(number)
            return Departure(
                name: Self.name(of: number),
                process: process.processIdentifier,
                reason: Self.describe(process)
            )
        }
    }

    /// Whether every process died so often that none is left.
    var isHopeless: Bool { !slots.isEmpty && slots.allSatisfy(\.isGivenUp) }

    /// Waits for the processes to go after the farewell; those that do not are killed.
    ///
    /// - Parameter members: the process identifiers of those to whom it was said. Others have not joined and hear of nothing: they
    ///   are killed at once.
    func end(members: Set<Int32>) {
        isEnding = true
        for slot in slots where slot.process.isRunning && !members.contains(slot.process.processIdentifier) {
            kill(slot.process.processIdentifier, SIGKILL)
        }
        let deadline = clock.now + .seconds(2)
        for slot in slots where slot.process.isRunning {
            while slot.process.isRunning && clock.now < deadline {
                Thread.sleep(forTimeInterval: 0.002)
            }
            if slot.process.isRunning {
                kill(slot.process.processIdentifier, SIGKILL)
            }
            slot.process.waitUntilExit()
        }
    }

    private func replace(_ number: Int) throws {
        guard !isEnding else { return }
        let wasEarly = clock.now - slots[number].started < Self.earlyDeath
        slots[number].earlyDeaths = wasEarly ? slots[number].earlyDeaths + 1 : 0
        let process = slots[number].process
        let isHopeless = process.terminationReason == .exit && Self.hopeless.contains(process.terminationStatus)
        guard !isHopeless, slots[number].earlyDeaths < Self.earlyDeathsAllowed else {
            slots[number].isGivenUp = true
            return
        }
        slots[number].started = clock.now
        slots[number].process = try launch(number)
    }

    private func launch(_ number: Int) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = [
            "worker", endpoint, "--lifeline", "--name", Self.name(of: number), "--threads", "\(threads)",
        ]
        process.standardInput = Pipe()
        // Results and their summary go to standard output, and that is the coordinator's alone.
        process.standardOutput = FileHandle.nullDevice
        process.terminationHandler = { [departed, wake] _ in
            departed.add(number)
            wake()
        }
        do {
            try process.run()
        } catch {
            throw ServiceError.fleetLost(
                "cannot start a worker: \(executable): \(error.localizedDescription); "
                    + "check the limits on processes, or use --in-process"
            )
        }
        return process
    }

    private static func name(of number: Int) -> String { "local-\(number + 1)" }

    private static func describe(_ process: Process) -> String {
        process.terminationReason == .uncaughtSignal
            ? "killed by signal \(process.terminationStatus)" : "exited with \(process.terminationStatus)"
    }
}

/// The numbers of processes that ended, told by Foundation on a thread of its own.
private final class Departures: Sendable {
    private let numbers = Mutex<[Int]>([])

    func add(_ number: Int) {
        numbers.withLock { $0.append(number) }
    }

    func takeAll() -> [Int] {
        numbers.withLock { numbers in
            defer { numbers = [] }
            return numbers
        }
    }
}
