import Dashboard
import Foundation

/// Writes what came of a suite, for machines and for people.
package enum ChaosReports {
    /// Paths of what was written.
    package struct Files: Sendable, Equatable {
        package var json: String
        package var junit: String
        package var timeline: String
    }

    /// - Throws: `ChaosError` of `.cannotCreate`.
    package static func write(_ record: ChaosRecord, to folder: String) throws -> Files {
        let files = Files(
            json: folder + "/chaos.json",
            junit: folder + "/junit.xml",
            timeline: folder + "/timeline.html"
        )
        try write(try record.json(), to: files.json)
        try write(JUnitReport.xml(of: record), to: files.junit)
        try write(ChaosPage(record: record).html, to: files.timeline)
        return files
    }

    private static func write(_ text: String, to path: String) throws(ChaosError) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw ChaosError(.cannotCreate, "cannot write", at: path, fix: "check the disk")
        }
    }

    /// Aligned lines for a terminal.
    package static func summary(of record: ChaosRecord) -> String {
        let since = record.releases
        var rows = [
            ("chaos", record.passed ? "passed" : "FAILED"),
            ("plan", "\(record.plan), seed \(record.seed)"),
            ("faults", "\(record.faults.count(where: \.fired)) of \(record.faults.count) fired"),
            ("fault-free", NumberText.duration(record.faultFree.seconds)),
            ("with faults", NumberText.duration(record.faulted.seconds)),
            (
                "kept",
                NumberText.percent(record.throughput.kept) + " of the throughput, "
                    + NumberText.percent(record.throughput.keptOfWhatWasLeft) + " of what the faults left"
            ),
            ("leased again", since.sinceLoss.words + " after the loss"),
            ("", since.sinceFault.words + " after the fault"),
        ]
        rows += record.checks.map { ($0.name, ($0.passed ? "yes" : "NO") + ": " + $0.detail.prefix(160)) }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 + "\n" }.joined()
    }
}

extension ChaosRecord.Spread {
    /// `12 times, half within 15 ms, 99 of 100 within 1.8 s`.
    var words: String {
        guard let median, let percentile99 else { return "never" }
        return
            "\(count) times, half within \(NumberText.duration(median)), 99 of 100 within \(NumberText.duration(percentile99))"
    }
}
