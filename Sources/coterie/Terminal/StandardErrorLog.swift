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
    static func install(environment: [String: String]) {
        let level = environment["COTERIE_LOG_LEVEL"].flatMap { Logger.Level(rawValue: $0.lowercased()) } ?? .warning
        LoggingSystem.bootstrap { _ in StandardErrorLog(level: level) }
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
