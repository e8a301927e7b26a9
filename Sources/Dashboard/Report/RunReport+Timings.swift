extension RunReport {
    /// Colours repeat after this many; the table names every phase beside its colour.
    private static let colours = 8

    var timingsSection: Markup {
        let total = record.seconds
        if total <= 0 { return "" }
        return section("Time", "\(timeBar(total))\(timeTable(total))")
    }

    private func timeBar(_ total: Double) -> Markup {
        var left = 0.0
        let pieces = record.timings.enumerated().map { index, timing -> Markup in
            let width = max(timing.seconds, 0) / total * Double(Plot.width)
            defer { left += width }
            // A hair of background keeps neighbours apart, unless nothing would be left of a short phase.
            let drawn = width > 3 ? width - 1.5 : width
            return """
                <rect class="phase\(index % Self.colours)" x="\(at: left)" y="0" width="\(at: drawn)" \
                height="28"><title>\(timing.phase)
                \(NumberText.duration(timing.seconds)), \(NumberText.percent(timing.seconds / total))</title></rect>

                """
        }
        return """
            <svg class="timebar" viewBox="0 0 \(Plot.width) 28" preserveAspectRatio="none" role="img" \
            aria-labelledby="time-title time-description">
            <title id="time-title">Time by phase</title>
            <desc id="time-description">The phases in order as parts of \(NumberText.duration(total)); the table below \
            has the figures.</desc>
            \(pieces)</svg>

            """
    }

    private func timeTable(_ total: Double) -> Markup {
        let rows = record.timings.enumerated().map { index, timing -> [Markup] in
            [
                "<span class=\"swatch phase\(index % Self.colours)\"></span>\(timing.phase)",
                "\(NumberText.duration(timing.seconds))", "\(NumberText.percent(timing.seconds / total))",
            ]
        }
        return ReportTable(
            columns: [
                .init(name: "Phase"), .init(name: "Time", isNumber: true), .init(name: "Share", isNumber: true),
            ],
            rows: rows,
            isNarrow: true
        ).html
    }
}
