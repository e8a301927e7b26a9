import Foundation
import Synchronization

/// A process of the fleet that was started here.
final class ChildProcess {
    /// How a process ended, as its parent is told.
    enum Ending: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)

        /// Whether it may end otherwise when it is started again: a lost fleet, input or output that failed, an interruption and a
        /// death by a signal; not what is wrong with the command or the data.
        var mayPass: Bool {
            switch self {
            case .exited(let code): [69, 74, 75].contains(code)
            case .killed: true
            }
        }

        var description: String {
            switch self {
            case .exited(let code): "exited with \(code)"
            case .killed(let signal): "was ended by signal \(signal)"
            }
        }
    }

    let identifier: Int32
    private let process: Process
    private let told = Told()
    /// Its end of the pipe that a worker's life hangs on.
    private let lifeline: Pipe?

    /// - Parameters:
    ///   - arguments: those after the program's path.
    ///   - errors: a file for what it says on standard error; nil to keep its last words here.
    ///   - hasLifeline: whether its standard input ends when this process ends.
    init(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String],
        errors: FileHandle?,
        hasLifeline: Bool = false
    ) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = environment
        process.standardOutput = FileHandle.nullDevice
        lifeline = hasLifeline ? Pipe() : nil
        if let lifeline { process.standardInput = lifeline } else { process.standardInput = FileHandle.nullDevice }
        let pipe = errors == nil ? Pipe() : nil
        if let errors { process.standardError = errors } else { process.standardError = pipe }
        process.terminationHandler = { [told] process in
            let status = process.terminationStatus
            told.end(process.terminationReason == .exit ? .exited(status) : .killed(signal: status))
        }
        do {
            try process.run()
        } catch {
            throw ChaosError(
                .fleet,
                "cannot start a process",
                at: executable,
                fix: "check the limits on processes: \(error.localizedDescription)"
            )
        }
        identifier = process.processIdentifier
        if let pipe { told.listen(to: pipe.fileHandleForReading) }
    }

    /// Nil while it runs.
    var ending: Ending? { told.ending }

    /// What it said on standard error, once it has ended; a file got it otherwise.
    var words: String { told.words }

    /// Nothing where it has ended, since its number may be another's by then.
    func send(_ signal: Int32) {
        if ending == nil { kill(identifier, signal) }
    }

    var status: ProcessStatus? { ProcessStatus(of: identifier) }
}

/// What was heard of a process, on threads of Foundation's.
private final class Told: Sendable {
    private struct State {
        var ending: ChildProcess.Ending?
        /// Bytes, not `Data`, whose tagged pointer a leak checker does not follow.
        var words: [UInt8] = []
    }

    private let state = Mutex(State())
    private let isSilent = DispatchSemaphore(value: 0)

    var ending: ChildProcess.Ending? { state.withLock { $0.ending } }

    var words: String {
        if isSilent.wait(timeout: .now() + 1) == .success { isSilent.signal() }
        return String(decoding: state.withLock { $0.words }, as: UTF8.self)
    }

    func end(_ ending: ChildProcess.Ending) { state.withLock { $0.ending = ending } }

    func listen(to handle: FileHandle) {
        Thread.detachNewThread { [self] in
            let words = Array((try? handle.readToEnd()) ?? Data())
            state.withLock { $0.words = words }
            isSilent.signal()
        }
    }
}

/// What the kernel says of a process.
struct ProcessStatus {
    /// A letter: `T` for one that is stopped, `Z` for one that has ended and was not waited for.
    let state: Character
    /// Processor time, in seconds.
    let processorSeconds: Double

    /// Nil for one that is not there.
    init?(of identifier: Int32) {
        guard let text = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8),
            // The second field is a name in parentheses, which may hold anything.
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let state = fields[0].first, let user = Double(fields[11]),
            let system = Double(fields[12])
        else { return nil }
        self.state = state
        // Of 100 per second on Linux, whatever the kernel's own clock.
        processorSeconds = (user + system) / 100
    }

    /// The command lines of all processes that run, by number.
    static var commandLines: [Int32: String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).reduce(into: [:]) { lines, identifier in
            guard let bytes = FileManager.default.contents(atPath: "/proc/\(identifier)/cmdline"), !bytes.isEmpty else {
                return
            }
            lines[identifier] = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.joined(
                separator: " "
            )
        }
    }
}
