import Foundation

extension ProgressDisplay.State {
    private static let barWidth = 20

    /// One line without control characters.
    var text: String {
        "\(phase) \(position)" + details
    }

    /// One line of at most eighty columns for the usual figures.
    func bar(isColoured: Bool) -> String {
        guard let share else { return text }
        let filled = Int((share * Double(Self.barWidth)).rounded(.down))
        let full = String(repeating: "━", count: filled)
        let empty = String(repeating: "─", count: Self.barWidth - filled)
        let drawn = isColoured ? "\u{1B}[32m\(full)\u{1B}[0m\(empty)" : full + empty
        return "\(phase) \(drawn) \(position)" + details
    }

    /// From 0 to 1; nil without an end in sight.
    private var share: Double? {
        guard let limit, limit > 0 else { return nil }
        return min(1, max(0, Double(done) / Double(limit)))
    }

    private var position: String {
        limit.map { "\(done)/\($0)" } ?? "\(done)"
    }

    private var details: String {
        let parts = [
            objective.map { "objective \(String(format: "%.6g", $0))" },
            moved.map { "moved \($0)" },
            rowsPerSecond.map { "\(Self.short($0)) rows/s" },
            remaining.map { "\(isAtMost ? "at most " : "")\(Self.clock($0)) left" },
            workers.map { $0 == 1 ? "1 worker" : "\($0) workers" },
        ]
        return parts.compactMap(\.self).map { ", " + $0 }.joined()
    }

    /// Hours, minutes and seconds: `1:02:05`, or `2:05` within the hour.
    private static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, whole % 60)
            : String(format: "%d:%02d", minutes, whole % 60)
    }

    /// Three digits and a unit: `1.23M`.
    private static func short(_ value: Double) -> String {
        switch value {
        case 1e9...: String(format: "%.3gG", value / 1e9)
        case 1e6...: String(format: "%.3gM", value / 1e6)
        case 1e3...: String(format: "%.3gk", value / 1e3)
        default: String(format: "%.3g", value)
        }
    }
}
