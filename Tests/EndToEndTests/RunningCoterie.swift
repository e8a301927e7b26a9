import Foundation
import Synchronization
import Testing

/// The program while it runs: the one that was built beside the tests, or what `COTERIE_TEST_PROGRAM` names.
///
/// It gets a folder of its own for temporary files, whose path is in the command line of every local worker: what is left
/// of a run, process or file, is found by it.
final class RunningCoterie {
    static let program =
        ProcessInfo.processInfo.environment["COTERIE_TEST_PROGRAM"].map { URL(fileURLWithPath: $0) }
        ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("coterie")

    let arguments: [String]
    private let process = Process()
    private let scratch: TestFolder
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - environment: all that it sees but `PATH` and `TMPDIR`.
    ///   - folder: where it runs; the current one unless given.
    ///   - shell: a command line that ends with running `"$@"`, to run the program in other circumstances.
    init(
        _ arguments: [String],
        environment: [String: String] = [:],
        in folder: String? = nil,
        shell: String? = nil
    ) throws {
        self.arguments = arguments
        scratch = try TestFolder()
        try FileManager.default.createDirectory(atPath: scratch("t"), withIntermediateDirectories: true)
        if let shell {
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", shell, "bash", Self.program.path] + arguments
        } else {
            process.executableURL = Self.program
            process.arguments = arguments
        }
        let own = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "TMPDIR": scratch("t")]
        process.environment = environment.merging(own.merging(Patience.ofSanitizers) { own, _ in own }) { given, _ in
            given
        }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        // Files, not pipes: a program that says much does not wait for a reader.
        process.standardOutput = try FileHandle(forWritingTo: scratch.write("", "out"))
        process.standardError = try FileHandle(forWritingTo: scratch.write("", "err"))
        process.standardInput = FileHandle.nullDevice
        process.terminationHandler = { [ended] _ in ended.signal() }
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var identifier: Int32 { process.processIdentifier }

    var isRunning: Bool { process.isRunning }

    /// What it has said on standard error so far.
    var errors: String {
        get throws { try String(contentsOfFile: scratch("err"), encoding: .utf8) }
    }

    /// What it has said on standard output so far.
    var output: String {
        get throws { try String(contentsOfFile: scratch("out"), encoding: .utf8) }
    }

    /// The most memory it has had at a time, in bytes.
    var peakMemory: Int {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
            return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) }) << 10
        }
    }

    func send(_ signal: Int32) {
        kill(identifier, signal)
    }

    /// Waits for its end; after `seconds`, or more where everything is slow, it is killed and the test fails.
    func end(within seconds: Double = 60) throws -> CoterieProcess {
        let seconds = seconds * Patience.factor
        if ended.wait(timeout: .now() + seconds) == .timedOut {
            Issue.record("coterie \(arguments) did not end within \(seconds) s; it said: \(try errors)")
            kill(identifier, SIGKILL)
            ended.wait()
        }
        // A death by a signal is not an exit code, whatever its number.
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return CoterieProcess(
            status: status,
            output: try output,
            errors: try errors,
            leftovers: { self.leftovers }
        )
    }

    /// Its local workers that run at this moment.
    var workers: [Int32] {
        ProcessTable.all.filter { $0.commandLine.contains(scratch("t")) && $0.parent == identifier }.map(\.identifier)
    }

    /// Processes of the run and temporary files, after its end.
    private var leftovers: [String] {
        let orphans = ProcessTable.all.filter { $0.commandLine.contains(scratch("t")) }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: scratch("t"))) ?? []
        return orphans.map { "process \($0.identifier) (\($0.state)): \($0.commandLine)" } + files
    }
}

/// What the kernel says of the processes that run.
enum ProcessTable {
    struct Entry {
        let identifier: Int32
        let parent: Int32
        /// A letter; `Z` for one that ended and was not waited for.
        let state: String
        let commandLine: String
    }

    static var all: [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).sorted().compactMap(entry)
    }

    private static func entry(_ identifier: Int32) -> Entry? {
        guard let stat = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8),
            let bytes = try? String(contentsOfFile: "/proc/\(identifier)/cmdline", encoding: .utf8)
        else { return nil }
        // The second field is a name in parentheses, which may hold anything.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ").dropFirst()
        guard fields.count > 2, let parent = Int32(fields[fields.startIndex + 1]) else { return nil }
        return Entry(
            identifier: identifier,
            parent: parent,
            state: String(fields[fields.startIndex]),
            commandLine: bytes.split(separator: "\0").joined(separator: " ")
        )
    }
}

/// Waits until something is so, looking again every few milliseconds.
///
/// - Returns: false when it was not so in time.
func eventually(within seconds: Double = 20, _ condition: () throws -> Bool) rethrows -> Bool {
    let end = Date.now + seconds * Patience.factor
    while try !condition() {
        guard Date.now < end else { return false }
        Thread.sleep(forTimeInterval: 0.005)
    }
    return true
}
