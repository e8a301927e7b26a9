import Foundation
import Logging

/// Puts the log on standard error, in lines that look like every other line of the program. Who asks for more than warnings
/// wants to know when each thing happened.
struct StandardErrorLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private static let timestamp = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private let sink: @Sendable (String) -> Void

    init(level: Logger.Level, sink: @escaping @Sendable (String) -> Void = StandardError.write) {
        logLevel = level
        self.sink = sink
    }

    /// For all loggers of the process, at the level that `COTERIE_LOG_LEVEL` names; once.
    /// - Throws: `CommandError` with `.usage` for a level that there is not.
    static func install(environment: [String: String]) throws(CommandError) {
        let level = try level(named: environment[variable] ?? "")
        LoggingSystem.bootstrap { _ in StandardErrorLog(level: level) }
    }

    private static let variable = "COTERIE_LOG_LEVEL"

    private static func level(named name: String) throws(CommandError) -> Logger.Level {
        guard !name.isEmpty else { return .warning }
        guard let level = Logger.Level(rawValue: name.lowercased()) else {
            throw CommandError(
                .usage,
                "unknown log level",
                at: "\(variable)=\(name)",
                fix: "give debug, info, warning or error"
            )
        }
        return level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = logLevel < .notice ? Date.now.formatted(Self.timestamp) + " " : ""
        sink("coterie: \(event.level): \(time)\(event.message)".onOneLine + "\n")
    }
}
