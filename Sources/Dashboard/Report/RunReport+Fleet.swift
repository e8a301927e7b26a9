extension RunReport {
    /// Events that the page lists one by one; what advances as planned is on the timeline only.
    private static let mostListedEvents = 200

    var fleetSection: Markup {
        let timeline = FleetTimeline(workers: record.fleet.workers, events: events, seconds: record.seconds)
        return section("Fleet", "\(fleetInWords)\(timeline.svg)\(workersTable)\(eventsTable)")
    }

    private var fleetInWords: Markup {
        let fleet = record.fleet
        if fleet.workers.isEmpty && fleet.workersJoined == 0 {
            return "<p class=\"muted\">No workers: the run took place in one process.</p>\n"
        }
        return """
            <p class="muted">\(fleet.workersRequested) requested, \(fleet.workersJoined) joined, \(fleet.workersLost) lost. \
            The coordinator sent \(NumberText.grouped(fleet.messagesSent)) messages \
            (\(NumberText.bytes(fleet.bytesSent))), received \(NumberText.grouped(fleet.messagesReceived)) \
            (\(NumberText.bytes(fleet.bytesReceived))), and held at most \(NumberText.bytes(fleet.peakResidentBytes)) of \
            memory.</p>

            """
    }

    private var workersTable: Markup {
        let rows = record.fleet.workers.map { worker -> [Markup] in
            let presence = (worker.lostAt ?? record.seconds) - worker.joinedAt
            let busy = presence > 0 ? NumberText.percent(worker.busySeconds / presence) : "–"
            return [
                "<span class=\"word\">\(worker.name)</span>", "\(worker.host)", "\(worker.pid)",
                "\(NumberText.grouped(worker.blocks))",
                "\(NumberText.duration(worker.busySeconds))", "\(busy)",
                "\(NumberText.bytes(worker.peakResidentBytes))",
                "\(NumberText.duration(worker.joinedAt))", "\(worker.lostAt.map(NumberText.duration) ?? "–")",
            ]
        }
        return ReportTable(
            columns: [
                .init(name: "Worker"), .init(name: "Host"), .init(name: "Process", isNumber: true),
                .init(name: "Blocks", isNumber: true), .init(name: "Busy", isNumber: true),
                .init(name: "Share busy", isNumber: true), .init(name: "Peak memory", isNumber: true),
                .init(name: "Joined at", isNumber: true), .init(name: "Lost at", isNumber: true),
            ],
            rows: rows
        ).html
    }

    private var eventsTable: Markup {
        let notable = events.filter { !$0.event.isRoutine }
        if notable.isEmpty { return "" }
        let rows = notable.prefix(Self.mostListedEvents).map { event -> [Markup] in
            [
                "\(NumberText.duration(event.time))", "<span class=\"word\">\(event.event.words)</span>",
                "<span class=\"word\">\(event.worker ?? "–")</span>",
                "\(event.round.map(NumberText.grouped) ?? "–")", "\(event.blocks.map(NumberText.grouped) ?? "–")",
                "\(event.detail ?? "")",
            ]
        }
        let table = ReportTable(
            columns: [
                .init(name: "At", isNumber: true), .init(name: "Event"), .init(name: "Worker"),
                .init(name: "Round", isNumber: true), .init(name: "Blocks", isNumber: true), .init(name: "Detail"),
            ],
            rows: rows
        )
        let count = notable.count > rows.count ? "first \(rows.count) of \(notable.count)" : "\(notable.count)"
        return "<details open><summary>Events (\(count); all are in events.jsonl)</summary>\n\(table.html)</details>\n"
    }
}

extension FleetEventRecord.Name {
    /// Whether it happens in a run where nothing goes wrong, many times over.
    var isRoutine: Bool { self == .roundAdvanced || self == .checkpointed || self == .leasedAgain }

    /// The name as words: `lease lapsed`.
    var words: String { rawValue.replacing("_", with: " ") }
}
