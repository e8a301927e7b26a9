import Dashboard
import Foundation
import Testing

@testable import Chaos

#if canImport(FoundationXML)
import FoundationXML
#endif

struct ReportTests {
    private let nasty = "<&\"'> ]]> \u{1B}[31m\nsecond"

    private var record: ChaosRecord {
        var kill = FaultReport(Schedule(of: plan).faults[0])
        (kill.began, kill.ended, kill.victims, kill.fired, kill.proof) = (1, 1.5, ["worker-1"], true, nasty)
        var silent = FaultReport(Schedule(of: plan).faults[1])
        silent.proof = nasty
        return ChaosRecord(
            plan: nasty,
            seed: 3,
            job: ["kmeans", nasty],
            workers: 2,
            started: "2026-01-01T00:00:00Z",
            faultFree: .init(folder: "a", digest: "abc", seconds: 8),
            faulted: .init(folder: "b", digest: "abc", seconds: 10),
            throughput: .init(faultFree: 8, faulted: 10, lostCoreSeconds: 2, cores: 2),
            releases: .init(sinceLoss: (1...200).map(Double.init), sinceFault: []),
            faults: [kill, silent],
            checks: [.init("digest equal", true, "abc"), .init("no hang", false, nasty)],
            lanes: [
                .init(name: "coordinator", lives: [.init(process: 1, began: 0, ended: 10, ending: "exited with 0")]),
                .init(name: "worker-1", lives: [.init(process: 2, began: 0, ended: nil, ending: nil)]),
            ],
            rounds: [1, 2, 3, 10],
            events: [FleetEventRecord(time: 2, event: .lost, worker: "worker-1", detail: nasty)]
        )
    }

    private var plan: Plan {
        var plan = Plan(name: "p", rules: [FaultRule(.kill)])
        (plan.pace, plan.duration) = (.count(2), 10)
        return plan
    }

    /// The elements of an XML text by name, with their attributes; nil where it is no XML.
    private final class Elements: NSObject, XMLParserDelegate {
        var all: [(name: String, attributes: [String: String])] = []
        var text = ""

        func parser(
            _ parser: XMLParser,
            didStartElement name: String,
            namespaceURI: String?,
            qualifiedName: String?,
            attributes: [String: String]
        ) {
            all.append((name, attributes))
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
    }

    @Test func `junit has a case for every fault and every check, whatever their words`() throws {
        let parser = XMLParser(data: Data(JUnitReport.xml(of: record).utf8))
        let elements = Elements()
        parser.delegate = elements
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(elements.all.count { $0.name == "testcase" } == 4)
        #expect(elements.all.count { $0.name == "failure" } == 1 && elements.all.count { $0.name == "skipped" } == 1)
        let suite = try #require(elements.all.first { $0.name == "testsuite" })
        #expect(
            suite.attributes["tests"] == "4" && suite.attributes["failures"] == "1"
                && suite.attributes["skipped"] == "1"
        )
        #expect(suite.attributes["name"]?.contains("<&\"'> ]]> \u{FFFD}[31m") == true)
        #expect(elements.text.contains("<&\"'> ]]> \u{FFFD}[31m\nsecond"))
    }

    @Test func `the page holds no word that was not escaped, and nothing of the network`() {
        let html = ChaosPage(record: record).html
        #expect(html.contains("&lt;&amp;&quot;&#39;&gt; ]]&gt;") && !html.contains("<&") && !html.contains("\u{1B}"))
        #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("<script"))
        #expect(html.contains("Failed:") && html.contains("worker-1") && html.contains("kill: one"))
    }

    @Test func `a record reads back as it was`() throws {
        #expect(try ChaosRecord(json: record.json()) == record)
    }

    @Test func `what was kept counts the time that the faults left`() {
        let throughput = record.throughput
        #expect(throughput.kept == 0.8)
        #expect(abs(throughput.keptOfWhatWasLeft - 8.0 / 9.0) < 1e-12)
    }

    @Test func `a percentile is a value that so many are not above`() {
        let spread = record.releases.sinceLoss
        #expect(spread.count == 200 && spread.median == 100 && spread.percentile99 == 198 && spread.greatest == 200)
        #expect(record.releases.sinceFault.median == nil)
    }
}
