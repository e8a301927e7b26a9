import ArgumentParser
import Foundation
import Shards

/// Where a job's results go and what it says meanwhile.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The run's folder, which must be empty or new. (default: runs/JOB-yyyyMMdd-HHmmss)",
            valueName: "folder"
        ),
        completion: .directory
    )
    var output: [String] = []

    @Flag(help: "Accept a folder that is not empty. (default: off)")
    var overwrite = false

    @Option(
        help: ArgumentHelp(
            "True classes, one per row, to evaluate against at the end and never before. (default: none)",
            valueName: "file"
        ),
        completion: .file()
    )
    var truth: String?

    @Flag(help: "Print the summary as one JSON object. (default: a table)")
    var json = false

    @OptionGroup var progress: ProgressOptions

    /// Makes the folder for a job's results.
    ///
    /// - Parameters:
    ///   - job: the name of the command.
    ///   - date: when the run began. Jobs that begin in one second get folders of their own.
    /// - Throws: `CommandError` with `.cannotCreate` for more than one, since neither can be meant to be left out;
    ///   `ShardError` where it cannot be made.
    func makeFolder(for job: String, startedAt date: Date) throws -> RunFolder {
        guard output.count <= 1 else {
            throw CommandError(
                .cannotCreate,
                "more than one folder for the results",
                at: output.map { "-o \($0)" }.joined(separator: " "),
                fix: "name one"
            )
        }
        if let given = output.first { return try RunFolder.create(at: given, overwrite: overwrite) }
        return try RunFolder.createNew(at: "runs/\(job)-\(Self.stamp(date, in: .current))")
    }

    /// The local date and time as `yyyyMMdd-HHmmss`, whatever the locale.
    static func stamp(_ date: Date, in zone: TimeZone) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func digits(_ value: Int?, _ width: Int) -> String {
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return digits(parts.year, 4) + digits(parts.month, 2) + digits(parts.day, 2) + "-"
            + digits(parts.hour, 2) + digits(parts.minute, 2) + digits(parts.second, 2)
    }
}

/// What is said while a command runs.
struct ProgressOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say nothing but errors and the result. (default: off)")
    var quiet = false

    @Flag(name: .customLong("no-progress"), help: "Show no progress. (default: progress on standard error)")
    var noProgress = false
}
