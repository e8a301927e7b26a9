extension RunReport {
    /// Above this many, bars are thinner than a reader can point at, and a curve of size by rank says more.
    private static let mostBars = 120
    private static let listed = 5

    var sizesSection: Markup {
        if clusters.isEmpty { return "" }
        let sorted = clusters.sorted { ($1.size, $0.cluster) < ($0.size, $1.cluster) }
        let chart = sorted.count <= Self.mostBars ? bars(sorted) : rankCurve(sorted)
        return section("Cluster sizes", "\(sizesInWords(sorted))\(chart)\(extremes(sorted))")
    }

    private func sizesInWords(_ sorted: [ClustersRecord.Cluster]) -> Markup {
        let sizes = sorted.map(\.size)
        let empty = sizes.count { $0 == 0 }
        let middle = (sizes[(sizes.count - 1) / 2] + sizes[sizes.count / 2]) / 2
        let emptiness = empty == 0 ? "" : "; \(NumberText.grouped(empty)) empty"
        return """
            <p class="muted">\(NumberText.grouped(sizes[0])) rows in the largest, \(NumberText.grouped(middle)) in the \
            median, \(NumberText.grouped(sizes[sizes.count - 1])) in the smallest\(emptiness).</p>

            """
    }

    private func bars(_ sorted: [ClustersRecord.Cluster]) -> Markup {
        let plot = Plot(
            xAxis: Axis(kind: .linear, lower: 0, upper: Double(sorted.count), ticks: []),
            yAxis: .linear(over: [0, Double(max(sorted[0].size, 1))])
        )
        let pitch = (Plot.right - Plot.left) / Double(sorted.count)
        let width = min(max(pitch * 0.8, 1), 56)
        let bars = sorted.enumerated().map { rank, cluster -> Markup in
            let top = plot.y(Double(cluster.size))
            return """
                <rect class="bar" x="\(at: plot.x(Double(rank) + 0.5) - width / 2)" y="\(at: top)" \
                width="\(at: width)" height="\(at: Plot.bottom - top)"><title>\(name(cluster))</title></rect>

                """
        }
        return """
            <div class="chart"><svg viewBox="0 0 \(Plot.width) \(Plot.height)" role="img" \
            aria-labelledby="sizes-title sizes-description">
            <title id="sizes-title">Cluster sizes, largest first</title>
            <desc id="sizes-description">\(sorted.count) bars; the largest and smallest are in the table below.</desc>
            \(plot.axes(xName: "Clusters, largest first", yName: "Rows"))\(bars)</svg></div>

            """
    }

    private func rankCurve(_ sorted: [ClustersRecord.Cluster]) -> Markup {
        let sizes = sorted.map { Double($0.size) }
        let isSkewed = sizes[0] > 50 * max(sizes[sizes.count - 1], 1)
        let points = zip(sorted, sizes).enumerated().map { rank, entry in
            LineChart.Point(x: Double(rank + 1), y: entry.1, note: "rank \(rank + 1)\n\(name(entry.0))")
        }
        return LineChart(
            identifier: "sizes",
            title: "Cluster sizes by rank",
            description: "\(sorted.count) clusters, largest first; the largest and smallest are in the table below.",
            xName: "Rank of the cluster, largest first",
            yName: isSkewed ? "Rows (logarithmic)" : "Rows",
            xAxis: .linear(over: points.map(\.x), isWhole: true, ticks: 9),
            yAxis: isSkewed ? .logarithmic(over: sizes) : .linear(over: [0] + sizes),
            lines: [.init(points: points, isMain: true)],
            isFilled: true
        ).svg
    }

    private func name(_ cluster: ClustersRecord.Cluster) -> String {
        let nouns = cluster.nouns.map { $0.prefix(3).joined(separator: ", ") } ?? ""
        let text = "cluster \(cluster.cluster)\n\(NumberText.grouped(cluster.size)) rows"
        return nouns.isEmpty ? text : "\(text)\n\(nouns)"
    }

    /// The largest and the smallest clusters; all of them when they are few.
    private func extremes(_ sorted: [ClustersRecord.Cluster]) -> Markup {
        let isAll = sorted.count <= 2 * Self.listed
        let shown = isAll ? sorted : Array(sorted.prefix(Self.listed) + sorted.suffix(Self.listed))
        var columns = [
            ReportTable.Column(name: "Cluster"), .init(name: "Rows", isNumber: true),
            .init(name: "Share", isNumber: true), .init(name: "Confidence", isNumber: true),
        ]
        let hasNouns = clusters.contains { $0.nouns?.isEmpty == false }
        if hasNouns { columns.append(.init(name: "Nouns")) }
        let rows = shown.map { cluster -> [Markup] in
            let share = Double(cluster.size) / Double(max(record.rows, 1))
            let confidence = cluster.confidence.map { NumberText.fixed($0, decimals: 3) } ?? "–"
            return [
                "\(cluster.cluster)", "\(NumberText.grouped(cluster.size))", "\(NumberText.percent(share))",
                "\(confidence)", "\((cluster.nouns ?? []).prefix(5).joined(separator: ", "))",
            ]
        }
        let heading: Markup = isAll ? "" : "<h3>The \(Self.listed) largest and the \(Self.listed) smallest</h3>\n"
        return "\(heading)\(ReportTable(columns: columns, rows: rows).html)"
    }
}
