import Dashboard

/// A suite as one page that needs nothing but itself.
struct ChaosPage {
    let record: ChaosRecord

    var html: String {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="color-scheme" content="light dark">
            <title>Chaos: \(record.plan), seed \(String(record.seed)) · Coterie</title>
            <style>
            \(ReportStyle.sheet)
            \(Self.style)
            </style>
            </head>
            <body>
            <main>
            <header><h1>Chaos: \(record.plan), seed \(String(record.seed))</h1>
            <p class="muted"><code>\(record.job.joined(separator: " "))</code> with \(record.workers) workers, \
            started \(record.started)</p>
            \(verdict)</header>
            \(tiles)
            <section><h2>Timeline</h2>
            \(ChaosTimeline(record: record).svg)</section>
            <section><h2>Checks</h2>
            \(checks)</section>
            <section><h2>Faults</h2>
            \(faults)</section>
            <section><h2>Runs</h2>
            \(runs)</section>
            <p class="muted">Lost processor time is what the faults left to nobody or took: cores without a worker that could \
            work, processes of the machine's faults, and workers' time until they had joined again.</p>
            </main>
            </body>
            </html>

            """
        return page.text
    }

    private static let style: Markup = """
        main { max-width: 1060px; }
        .tiles { grid-template-columns: repeat(auto-fill, minmax(152px, 1fr)); }
        .verdict { border-left: 4px solid var(--good); background: var(--raised); padding: 8px 12px; margin-top: 12px; }
        .verdict.failed { border-color: var(--bad); }
        .processes { --family: var(--bad); } .messages { --family: var(--warn); }
        .disk { --family: var(--phase3); } .host { --family: var(--phase5); }
        .span { fill: var(--family); fill-opacity: .3; stroke: var(--family); stroke-width: 1; }
        .strike { stroke: var(--family); stroke-width: 2; }
        .flag { fill: var(--family); stroke: var(--paper); stroke-width: 1; }
        .unfired { opacity: .4; }
        .chip { display: inline-block; width: 9px; height: 9px; border-radius: 2px; background: var(--family); margin-right: 7px; }
        .yes { color: var(--good); font-weight: 600; } .no { color: var(--bad); font-weight: 600; }
        svg text.flag-text { font-size: 9px; fill: var(--paper); text-anchor: middle; }
        .down { fill: var(--bad); fill-opacity: .18; }
        """

    private var verdict: Markup {
        let failed = record.checks.filter { !$0.passed }
        if failed.isEmpty {
            return
                "<p class=\"verdict\"><strong>Passed.</strong> The digest is that of the fault-free run, and every check holds.</p>"
        }
        let names = failed.map(\.name).joined(separator: ", ")
        return "<p class=\"verdict failed\"><strong>Failed:</strong> \(names).</p>"
    }

    private var tiles: Markup {
        let fired = record.faults.count(where: \.fired)
        let digest =
            record.faulted.digest.map { $0 == record.faultFree.digest ? "equal" : "different" } ?? "none"
        let tiles = [
            ("Digest", digest),
            ("Faults that fired", "\(fired) of \(record.faults.count)"),
            ("Throughput kept", NumberText.percent(record.throughput.kept)),
            ("Of what faults left", NumberText.percent(record.throughput.keptOfWhatWasLeft)),
            ("Leased again, 99th percentile", record.releases.sinceLoss.percentile99.map(NumberText.duration) ?? "–"),
            ("Since the fault", record.releases.sinceFault.percentile99.map(NumberText.duration) ?? "–"),
        ]
        let parts = tiles.map { tile -> Markup in "<div><dt>\(tile.0)</dt><dd>\(tile.1)</dd></div>\n" }
        return "<section><dl class=\"tiles\">\n\(parts)</dl></section>"
    }

    private var checks: Markup {
        ReportTable(
            columns: [.init(name: "Check"), .init(name: "Holds"), .init(name: "Detail")],
            rows: record.checks.map { check in
                [
                    "<span class=\"word\">\(check.name)</span>", Self.yesOrNo(check.passed),
                    "<span class=\"long\">\(check.detail)</span>",
                ]
            }
        ).html
    }

    private var faults: Markup {
        ReportTable(
            columns: [
                .init(name: "", isNumber: true), .init(name: "At", isNumber: true), .init(name: "Fault"),
                .init(name: "Done to"), .init(name: "For", isNumber: true), .init(name: "Fired"), .init(name: "Proof"),
            ],
            rows: record.faults.map { fault in
                let length = fault.ended.map { NumberText.duration($0 - (fault.began ?? fault.due)) }
                return [
                    "\(fault.number)", "\(NumberText.duration(fault.began ?? fault.due))",
                    "<span class=\"word\"><span class=\"chip \(FaultFamily(fault.kind).name)\"></span>\(fault.title)</span>",
                    "\(fault.victims.joined(separator: ", "))", "\(length ?? "–")", Self.yesOrNo(fault.fired),
                    "\(fault.proof)",
                ]
            }
        ).html
    }

    private var runs: Markup {
        ReportTable(
            columns: [
                .init(name: "Run"), .init(name: "Time", isNumber: true), .init(name: "Coordinators", isNumber: true),
                .init(name: "Workers started", isNumber: true), .init(name: "Messages", isNumber: true),
                .init(name: "Digest"),
            ],
            rows: [("fault-free", record.faultFree), ("with faults", record.faulted)].map { name, run in
                [
                    "<span class=\"word\">\(name)</span>", "\(NumberText.duration(run.seconds))", "\(run.coordinators)",
                    "\(NumberText.grouped(run.workersStarted))", "\(run.messages.map(NumberText.grouped) ?? "–")",
                    "<code>\(run.digest ?? "–")</code>",
                ]
            }
        ).html
    }

    private static func yesOrNo(_ holds: Bool) -> Markup {
        holds ? "<span class=\"yes\">yes</span>" : "<span class=\"no\">no</span>"
    }
}

/// What kind of thing a fault is done to, for its colour.
enum FaultFamily: CaseIterable {
    case processes
    case messages
    case disk
    case host

    init(_ kind: FaultKind) {
        self =
            switch kind {
            case _ where kind.isOfNetwork: .messages
            case .diskFull, .tornWrite: .disk
            case .cpuHog: .host
            default: .processes
            }
    }

    /// A class of the style sheet, and its words.
    var name: String {
        switch self {
        case .processes: "processes"
        case .messages: "messages"
        case .disk: "disk"
        case .host: "host"
        }
    }
}
