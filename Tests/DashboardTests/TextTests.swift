import Testing

@testable import Dashboard

@Suite struct NumberTextTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "−1,234,567"), (Int.min, "−9,223,372,036,854,775,808"),
    ])
    func `thousands are grouped`(value: Int, text: String) {
        #expect(NumberText.grouped(value) == text)
    }

    @Test(arguments: [
        (0.0, "0 ms"), (0.0421, "42.1 ms"), (1.0, "1.00 s"), (9.999, "10.0 s"), (59.96, "1 min 00 s"),
        (185.4, "3 min 05 s"), (7380, "2 h 03 min"), (.nan, "–"), (.infinity, "–"),
    ])
    func `durations fit their size`(seconds: Double, text: String) {
        #expect(NumberText.duration(seconds) == text)
    }

    @Test(arguments: [(0, "0 B"), (1023, "1,023 B"), (1024, "1 KiB"), (1_610_612_736, "1.5 GiB")])
    func `bytes have binary units`(count: Int, text: String) {
        #expect(NumberText.bytes(count) == text)
    }

    @Test(arguments: [
        (0.7498088, "0.749809"), (1_234_567.8, "1,234,568"), (12, "12"), (1e300, "1e+300"), (.nan, "–"),
    ])
    func `significant digits stay readable`(value: Double, text: String) {
        #expect(NumberText.significant(value) == text)
    }

    @Test func `a small share is not shown as nothing`() {
        #expect(NumberText.percent(0.347_8) == "34.8 %")
        #expect(NumberText.percent(0.000_083) == "0.0083 %")
        #expect(NumberText.percent(0) == "0.0 %")
    }
}

@Suite struct RunSummaryTests {
    @Test func `restarts say how far they agree`() {
        var record = Samples.record()
        record.restarts = [0.91, 0.875, 0.96].enumerated().map {
            RunRecord.Restart(restart: $0, objective: -20, balanceGap: 0.01, agreement: $1, isKept: $0 < 2)
        }
        let text = RunSummary.text(record)
        #expect(text.contains("3, each with an agreement (ARI) of 0.875 to 0.960 with the others\n"))
        record.restarts = [RunRecord.Restart(restart: 0, objective: -20, balanceGap: 0.01, agreement: 1, isKept: true)]
        #expect(RunSummary.text(record).contains(#/restarts +1\n/#))
    }

    @Test func `values are aligned and the essentials are there`() {
        let lines = RunSummary.text(Samples.record()).split(separator: "\n")
        #expect(
            lines == [
                "kmeans          done",
                "data            101,000 × 512",
                "objective       0.75",
                "iterations      5",
                "time            10.0 s, 202,000 rows/s while iterating",
                "Accuracy (ACC)  0.7543",
                "NMI             0.8000",
                "digest          e3b0c442",
            ]
        )
    }

    @Test func `why it ended, what its size decided and what it had are told`() {
        var record = Samples.record()
        record.converged = true
        record.automatic = ["init", "restarts"]
        record.settings["init"] = .string("k-means++")
        record.cores = .init(usable: 2, machine: 8, because: "cgroup quota")
        record.sample = .init(rows: 1000, objective: 7, objectiveOfAll: 101)
        var restart = RunRecord.Restart(restart: 0, objective: 1, balanceGap: nil, agreement: nil, isKept: true)
        restart.ended = "cycle"
        record.restarts = [restart]
        let text = RunSummary.text(record)
        for line in [
            #/converged +yes: the centroids came back to where they had been\n/#,
            #/restarts +1, by the size of the job\n/#, #/init +k-means\+\+, by the size of the job\n/#,
            #/cores +2 of the machine's 8: cgroup quota\n/#,
            #/sample +centroids found on 1,000 of 101,000 rows; objective: the sample's 7, that of all rows 101\n/#,
        ] {
            #expect(text.contains(line), "\(text)")
        }
    }

    @Test func `an interrupted run without history says so`() {
        var record = Samples.record(iterations: 0)
        record.status = .interrupted
        record.digest = nil
        let text = RunSummary.text(record)
        #expect(text.contains("interrupted"))
        #expect(!text.contains("digest") && !text.contains("rows/s"))
    }

    @Test func `control characters do not reach the terminal`() {
        var record = Samples.record()
        record.job = "k\u{1B}[31m\nmeans"
        #expect(!RunSummary.text(record).contains("\u{1B}"))
        #expect(RunSummary.text(record).split(separator: "\n").count == 8)
    }
}

@Suite struct MarkupTests {
    @Test func `what is interpolated is escaped, markup is not`() {
        let hostile = "<script>\"a\" & 'b'</script>"
        let inner: Markup = "<b>\(hostile)</b>"
        let outer: Markup = "<p title=\"\(hostile)\">\(inner)\(3)</p>"
        let escaped = "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;"
        #expect(outer.text == "<p title=\"\(escaped)\"><b>\(escaped)</b>3</p>")
    }

    @Test func `control characters are replaced`() {
        let markup: Markup = "\("a\u{0}b\u{1B}c\u{7F}")"
        #expect(markup.text == "a\u{FFFD}b\u{FFFD}c\u{FFFD}")
    }
}
