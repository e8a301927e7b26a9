import Foundation
import Testing

/// The program that was built beside the tests, run once.
struct CoterieProcess {
    let status: Int32
    let output: String
    let errors: String

    /// The lines on standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

    private static let program = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent()
        .appendingPathComponent("coterie")

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - environment: all that it sees but `PATH`.
    ///   - folder: where it runs; the current one unless given.
    ///   - seconds: after this long it is stopped and the test fails.
    init(
        _ arguments: [String],
        environment: [String: String] = [:],
        in folder: String? = nil,
        timeout seconds: Double = 60
    ) throws {
        let scratch = try TestFolder()
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        // Files, not pipes: a program that says much does not wait for a reader.
        process.standardOutput = try FileHandle(forWritingTo: scratch.write("", "out"))
        process.standardError = try FileHandle(forWritingTo: scratch.write("", "err"))
        process.standardInput = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        if ended.wait(timeout: .now() + seconds) == .timedOut {
            process.terminate()
            Issue.record("coterie \(arguments) did not end within \(seconds) s")
            ended.wait()
        }
        // A death by a signal is not an exit code, whatever its number.
        status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        output = try String(contentsOfFile: scratch("out"), encoding: .utf8)
        errors = try String(contentsOfFile: scratch("err"), encoding: .utf8)
    }

    /// What standard output holds, as a JSON object.
    func json() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
}
