/// A finished run in a few lines for a terminal.
package enum RunSummary {
    /// Aligned lines, names left and values right of them, each ending with a newline.
    package static func text(_ record: RunRecord) -> String {
        let lines = lines(record)
        let width = lines.map(\.name.count).max() ?? 0
        return lines.map { line in
            line.name + String(repeating: " ", count: width + 2 - line.name.count) + line.value + "\n"
        }.joined()
    }

    private static func lines(_ record: RunRecord) -> [(name: String, value: String)] {
        var lines = [(name: record.job, value: state(record))]
        lines.append(("data", "\(NumberText.grouped(record.rows)) × \(NumberText.grouped(record.dimensions))"))
        if let sample = record.sampleText { lines.append(("sample", sample)) }
        if let objective = record.objective {
            lines.append(("objective", NumberText.significant(objective, digits: 9)))
        }
        lines.append(("iterations", NumberText.grouped(record.iterations)))
        if let ending = record.ending { lines.append(("converged", ending)) }
        if let restarts = restarts(record) { lines.append(("restarts", restarts)) }
        if let start = start(record) { lines.append(("init", start)) }
        if let cores = record.coresText { lines.append(("cores", cores)) }
        lines.append(("time", time(record)))
        lines += MetricNames.shown(record.metrics ?? [:]).map { ($0.name, NumberText.fixed($0.value, decimals: 4)) }
        if let digest = record.digest { lines.append(("digest", digest)) }
        return lines.map { (oneLine($0.name), oneLine($0.value)) }
    }

    private static func state(_ record: RunRecord) -> String {
        switch record.status {
        case .done: record.reproducible ? "done" : "done, not reproducible"
        case .interrupted: "interrupted"
        case .failed: "failed"
        }
    }

    /// How many there were, and how far they agree where that is known of several.
    private static func restarts(_ record: RunRecord) -> String? {
        guard let restarts = record.restarts else { return nil }
        let agreements = restarts.compactMap(\.agreement)
        guard restarts.count > 1, let least = agreements.min(), let most = agreements.max() else {
            return NumberText.grouped(restarts.count) + (record.isBySize("restarts") ? ", by the size of the job" : "")
        }
        let range = [least, most].map { NumberText.fixed($0, decimals: 3) }.joined(separator: " to ")
        return "\(NumberText.grouped(restarts.count)), each with an agreement (ARI) of \(range) with the others"
    }

    /// How first centroids were found, where the size of the job decided it.
    private static func start(_ record: RunRecord) -> String? {
        guard record.isBySize("init"), let start = record.settings["init"] else { return nil }
        return "\(start.text), by the size of the job"
    }

    private static func time(_ record: RunRecord) -> String {
        let duration = NumberText.duration(record.seconds)
        guard let rate = record.meanRowsPerSecond else { return duration }
        return "\(duration), \(NumberText.grouped(rate)) rows/s while iterating"
    }

    /// Text from files must not move the cursor or colour the terminal.
    private static func oneLine(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
    }
}
