extension RunReport {
    /// The figures that a reader looks for first.
    var summarySection: Markup {
        var tiles = [tile("Rows × dimensions", size)]
        if let count = clusterCount { tiles.append(tile("Clusters", NumberText.grouped(count))) }
        if let objective = record.objective { tiles.append(tile("Objective", NumberText.significant(objective))) }
        tiles.append(tile("Iterations", NumberText.grouped(record.iterations)))
        if let ending = record.ending { tiles.append(tile("Converged", ending)) }
        tiles.append(tile("Time", NumberText.duration(record.seconds)))
        if let rate = record.meanRowsPerSecond { tiles.append(tile("Rows per second", NumberText.grouped(rate))) }
        tiles.append(tile("Reproducible", record.reproducible ? "yes" : "no"))
        tiles += MetricNames.shown(record.metrics ?? [:]).prefix(4).map { metric in
            tile(metric.name, NumberText.fixed(metric.value, decimals: 3))
        }
        return "<section aria-label=\"Summary\">\n<dl class=\"tiles\">\n\(tiles)</dl>\n\(digest)</section>\n"
    }

    private var size: String {
        "\(NumberText.grouped(record.rows)) × \(NumberText.grouped(record.dimensions))"
    }

    private var clusterCount: Int? {
        if !clusters.isEmpty { return clusters.count }
        guard case .integer(let count) = record.settings["k"] else { return nil }
        return count
    }

    private func tile(_ name: String, _ value: String) -> Markup {
        "<div><dt>\(name)</dt><dd>\(value)</dd></div>\n"
    }

    private var digest: Markup {
        guard let digest = record.digest else { return "<p class=\"muted\">No digest: there are no results.</p>\n" }
        return "<p class=\"digest\"><span class=\"muted\">Digest</span> <code>\(digest)</code></p>\n"
    }

    var metricsSection: Markup {
        let rows = MetricNames.shown(record.metrics ?? [:]).map { metric -> [Markup] in
            ["\(metric.name)", "\(NumberText.fixed(metric.value, decimals: 4))"]
        }
        let columns = [ReportTable.Column(name: "Metric"), .init(name: "Value, as a fraction", isNumber: true)]
        return section("Agreement with the truth", ReportTable(columns: columns, rows: rows, isNarrow: true).html)
    }
}
