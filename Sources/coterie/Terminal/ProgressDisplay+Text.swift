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
            workers.map { $0 == 1 ? "1 worker" : "\($0) workers" },
        ]
        return parts.compactMap(\.self).map { ", " + $0 }.joined()
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
