extension RunReport {
    /// The iterations of each restart, in order of restarts.
    private var restarts: [(number: Int, iterations: [RunRecord.Iteration])] {
        Dictionary(grouping: record.history, by: \.restart)
            .map { (number: $0.key, iterations: $0.value) }
            .sorted { $0.number < $1.number }
    }

    /// Those that the result is of; where the record does not say it, the one whose last objective is the run's, since
    /// whether more or less is better is the job's to know.
    private var keptRestarts: [Int] {
        let kept = (record.restarts ?? []).filter { $0.isKept == true }.map(\.restart)
        return kept.isEmpty ? [nearestRestart].compactMap(\.self) : kept
    }

    private var nearestRestart: Int? {
        let last = restarts.compactMap { restart in
            restart.iterations.last?.objective.map { (restart.number, abs($0 - (record.objective ?? $0))) }
        }
        return last.min { $0.1 < $1.1 }?.0 ?? restarts.first?.number
    }

    var objectiveSection: Markup {
        let curves = curves { $0.objective }
        let values = curves.flatMap(\.points).map(\.y)
        if values.isEmpty { return "" }
        let chart = LineChart(
            identifier: "objective",
            title: "Objective by iteration",
            description: description("objective", curves),
            xName: "Iteration",
            yName: "Objective",
            xAxis: iterationAxis(curves),
            yAxis: .linear(over: values),
            lines: curves
        )
        return section("Objective", "\(chart.svg)\(restartNote(curves))")
    }

    var movedSection: Markup {
        let curves = curves { $0.moved.map(Double.init) }
        let values = curves.flatMap(\.points).map(\.y)
        if values.isEmpty { return "" }
        let chart = LineChart(
            identifier: "moved",
            title: "Rows that changed their label, by iteration",
            description: description("rows moved", curves),
            xName: "Iteration",
            yName: "Rows moved (logarithmic)",
            xAxis: iterationAxis(curves),
            yAxis: .logarithmic(over: values),
            lines: curves,
            isFilled: true
        )
        return section("Labels still moving", chart.svg)
    }

    private func curves(of value: (RunRecord.Iteration) -> Double?) -> [LineChart.Line] {
        let kept = keptRestarts
        return restarts.compactMap { restart in
            let points = restart.iterations.compactMap { iteration in
                value(iteration).map { LineChart.Point(x: Double(iteration.iteration), y: $0, note: note(iteration)) }
            }
            return points.isEmpty ? nil : LineChart.Line(points: points, isMain: kept.contains(restart.number))
        }
    }

    private func note(_ iteration: RunRecord.Iteration) -> String {
        var parts = ["restart \(iteration.restart), iteration \(iteration.iteration)"]
        if let objective = iteration.objective {
            parts.append("objective " + NumberText.significant(objective, digits: 8))
        }
        if let moved = iteration.moved { parts.append(NumberText.grouped(moved) + " rows moved") }
        if let seconds = iteration.seconds { parts.append(NumberText.duration(seconds)) }
        return parts.joined(separator: "\n")
    }

    private func iterationAxis(_ curves: [LineChart.Line]) -> Axis {
        .linear(over: curves.flatMap(\.points).map(\.x), isWhole: true, ticks: 9)
    }

    private func description(_ what: String, _ curves: [LineChart.Line]) -> String {
        guard let main = curves.first(where: \.isMain), let first = main.points.first, let last = main.points.last
        else {
            return "\(curves.count) restarts."
        }
        let kept = keptRestarts.count == 1 ? "the kept one" : "those kept"
        return """
            \(curves.count == 1 ? "One restart" : "\(curves.count) restarts, \(kept) highlighted"): \(what) from \
            \(NumberText.significant(first.y)) to \(NumberText.significant(last.y)) in \(main.points.count) iterations.
            """
    }

    private func restartNote(_ curves: [LineChart.Line]) -> Markup {
        let kept = keptRestarts.map(String.init)
        guard curves.count > 1, let last = kept.last else { return "" }
        let names = kept.count == 1 ? last : kept.dropLast().joined(separator: ", ") + " and " + last
        let sentence =
            kept.count == 1
            ? "restart \(names) was kept and is highlighted" : "restarts \(names) were kept and are highlighted"
        return "<p class=\"muted\">\(curves.count) restarts; \(sentence).</p>\n"
    }
}
