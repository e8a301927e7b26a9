import Foundation
import Testing

@testable import Dashboard

@Suite struct RunReportTests {
    private func html(
        _ record: RunRecord = Samples.record(),
        clusters: ClustersRecord? = Samples.clusters(12),
        events: [FleetEventRecord] = Samples.events,
        gallery: [GalleryImage] = []
    ) -> String {
        let html = RunReport.html(record: record, clusters: clusters, events: events, gallery: gallery)
        #expect(TagBalance.complaint(about: html) == nil)
        #expect(!html.contains("nan") && !html.contains("inf\"") && !html.contains("inf,"))
        return html
    }

    @Test func `a whole run has every section, and needs nothing from anywhere`() {
        let html = html()
        let titles = [
            "Agreement with the truth", "Objective", "Labels still moving", "Cluster sizes", "Time", "Fleet",
            "Settings",
            "Inputs and versions",
        ]
        for title in titles { #expect(html.contains("<h2>\(title)</h2>")) }
        #expect(!html.contains("<script") && !html.contains("http:") && !html.contains("https:"))
        #expect(!html.contains("url(") && !html.contains("@import"))
        #expect(html.contains("default-src 'none'"))
    }

    @Test func `what it took to find labels is told where there is something to tell`() {
        let title = "<h2>How labels were found</h2>"
        #expect(!html().contains(title))
        var record = Samples.record()
        record.certification = RunRecord.Certification([
            .init(rows: 100, inFloat: 100, inDouble: 1, pairs: 1000, multiplied: 1000),
            .init(rows: 100, inFloat: 10, inDouble: 0, pairs: 1000, multiplied: 22),
        ])
        let html = html(record)
        #expect(html.contains(title))
        for share in ["100.0 %", "10.0 %", "55.0 %", "2.2 %", "51.1 %", "0.5 %"] {
            #expect(html.contains(share), "\(share)")
        }
        record.certification = RunRecord.Certification([.init(rows: 100, inFloat: 3, inDouble: 1)])
        #expect(!self.html(record).contains(title))
    }

    @Test func `every drawing is named and described`() {
        let html = html()
        let drawings = html.components(separatedBy: "<svg ").dropFirst()
        for drawing in drawings where !drawing.contains("aria-hidden=\"true\"") {
            #expect(drawing.contains("role=\"img\" aria-labelledby=") && drawing.contains("<desc id="))
        }
        #expect(drawings.count >= 5)
    }

    @Test func `the restart that was kept is the highlighted one`() {
        let html = html()
        #expect(html.contains("restart 1 was kept"))
        #expect(html.contains("<title>restart 1, iteration 5"))
        #expect(!html.contains("<title>restart 0, iteration 5"))
    }

    @Test func `several restarts that were kept are named`() {
        var record = Samples.record(restarts: 6)
        record.restarts = (0..<6).map { number in
            .init(restart: number, objective: nil, balanceGap: nil, agreement: nil, isKept: [1, 3, 4].contains(number))
        }
        let html = html(record)
        #expect(html.contains("6 restarts; restarts 1, 3 and 4 were kept and are highlighted."))
        #expect(html.contains("<title>restart 3, iteration 5") && !html.contains("<title>restart 2, iteration 5"))
    }

    @Test func `warnings, the sample and the cores are told first`() {
        var record = Samples.record()
        record.warnings = ["did not <converge>"]
        record.converged = false
        record.sample = .init(rows: 500, objective: 0.5, objectiveOfAll: 0.75)
        record.cores = .init(usable: 2, machine: 128, because: "affinity")
        let head = html(record).components(separatedBy: "</header>")[0]
        #expect(head.contains("did not &lt;converge&gt;"))
        #expect(
            head.contains(
                "centroids found on 500 of 101,000 rows; objective: the sample&#39;s 0.5, that of all rows 0.75"
            )
        )
        #expect(head.contains("2 of the machine&#39;s 128: affinity"))
    }

    @Test func `hostile names stay text wherever they appear`() {
        let hostile = "a\"'><script>alert(1)</script><img src=x onerror=y>"
        var record = Samples.record()
        record.job = hostile
        record.started = hostile
        record.settings = [hostile: .string(hostile)]
        record.inputs[0].path = hostile
        record.timings[0].phase = hostile
        record.metrics = [hostile: 1]
        record.fleet.workers[0].name = hostile
        record.fleet.workers[0].host = hostile
        record.fingerprint = hostile
        record.digest = hostile
        record.warnings = [hostile]
        record.cores = .init(usable: 1, machine: 2, because: hostile)
        let event = FleetEventRecord(time: 1, event: .init(rawValue: hostile), worker: hostile, detail: hostile)
        let image = GalleryImage(cluster: 1, row: 2, mimeType: hostile, base64: hostile)
        let html = html(record, clusters: Samples.clusters(3, nouns: [hostile]), events: [event], gallery: [image])
        #expect(!html.contains("<script"))
        #expect(!html.contains("<img src=x"))
        #expect(html.components(separatedBy: "&lt;script&gt;").count > 12)
    }

    @Test func `a run without history, metrics, clusters or workers is still a page`() {
        var record = Samples.record(restarts: 0, workers: 0)
        record.metrics = nil
        record.timings = []
        record.inputs = []
        record.objective = nil
        let html = html(record, clusters: nil, events: [])
        #expect(!html.contains("<h2>Objective</h2>") && !html.contains("<h2>Time</h2>"))
        #expect(html.contains("in one process"))
    }

    @Test func `one cluster and one iteration are drawn`() {
        let html = html(Samples.record(restarts: 1, iterations: 1), clusters: Samples.clusters(1))
        #expect(html.components(separatedBy: "<rect class=\"bar\"").count == 2)
        #expect(html.components(separatedBy: "<circle class=\"dot\"").count == 3)
    }

    @Test func `ten thousand clusters become a curve and a table of the extremes`() {
        let html = html(clusters: Samples.clusters(10_000))
        #expect(!html.contains("<rect class=\"bar\""))
        #expect(html.contains("Rank of the cluster"))
        #expect(html.contains("The 5 largest and the 5 smallest"))
        #expect(html.contains("10 empty"))
        #expect(html.utf8.count < 150_000)
    }

    @Test func `thousands of iterations do not make a page of megabytes`() {
        let html = html(Samples.record(restarts: 2, iterations: 4000))
        #expect(html.utf8.count < 200_000)
        #expect(html.contains("restart 1, iteration 4000"))
    }

    @Test func `an interrupted run says so before its figures`() throws {
        var record = Samples.record()
        record.status = .interrupted
        record.digest = nil
        let html = html(record)
        let warning = try #require(html.range(of: "Interrupted."))
        let figures = try #require(html.range(of: "class=\"tiles\""))
        #expect(warning.lowerBound < figures.lowerBound)
        #expect(html.contains("No digest"))
    }

    @Test func `a run that cannot be repeated says so`() {
        var record = Samples.record()
        record.reproducible = false
        #expect(html(record).contains("Not reproducible."))
    }

    @Test func `absurd numbers do not stop the page`() {
        var record = Samples.record()
        record.history[0].objective = 1e300
        record.history[1].objective = -1e300
        record.fleet.workers[0].joinedAt = 1e9
        record.fleet.workers[1].lostAt = -5
        record.timings[0].seconds = -1
        #expect(html(record, events: [.init(time: 1e12, event: .lost, worker: "worker-0")]).contains("Fleet"))
    }

    @Test func `the timeline has a lane for each worker and one for the coordinator`() {
        let html = html()
        #expect(html.components(separatedBy: "<text class=\"lane\"").count == 5)
        #expect(html.contains("of a later version"))
        #expect(html.contains("lease lapsed"))
    }

    @Test func `the gallery begins with the largest cluster`() throws {
        let clusters = ClustersRecord(clusters: [
            .init(cluster: 0, size: 3, confidence: nil, nearest: [8]),
            .init(cluster: 1, size: 40, confidence: nil, nearest: [9], nouns: ["cup"]),
        ])
        let gallery = [0, 1].map { GalleryImage(cluster: $0, row: 8 + $0, mimeType: "image/png", base64: "AAAA") }
        let html = html(clusters: clusters, gallery: gallery)
        let large = try #require(html.range(of: "Row 9 of cluster 1"))
        let small = try #require(html.range(of: "Row 8 of cluster 0"))
        #expect(large.lowerBound < small.lowerBound)
        #expect(html.contains("src=\"data:image/png;base64,AAAA\""))
        #expect(html.contains("40 rows · cup"))
    }
}

/// Whether every tag is closed in order: enough to catch what string building gets wrong.
enum TagBalance {
    private static let void: Set<String> = ["meta", "img", "!DOCTYPE"]

    /// What is wrong, or `nil`.
    static func complaint(about html: String) -> String? {
        var open: [String] = []
        for piece in html.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
            guard let end = piece.firstIndex(of: ">") else { return "a tag never ends: \(piece.prefix(40))" }
            let tag = piece[..<end]
            guard tag.count(where: { $0 == "\"" }).isMultiple(of: 2) else { return "an attribute never ends: \(tag)" }
            let name = String(tag.prefix { $0.isLetter || $0.isNumber || $0 == "!" || $0 == "/" }.drop { $0 == "/" })
            if tag.hasPrefix("/") {
                guard open.popLast() == name else { return "</\(name)> closes something else" }
            } else if !tag.hasSuffix("/"), !void.contains(name) {
                open.append(name)
            }
        }
        return open.isEmpty ? nil : "never closed: \(open)"
    }
}
