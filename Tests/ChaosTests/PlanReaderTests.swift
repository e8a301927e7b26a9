import Foundation
import Testing

@testable import Chaos

struct PlanReaderTests {
    private func plan(_ yaml: String) throws -> Plan {
        try PlanReader(path: "Deploy/chaos/mine.yaml", points: ["joined", "mapped"]).plan(fromYAML: yaml)
    }

    private func refusal(_ yaml: String) -> String {
        do {
            _ = try plan(yaml)
            return "accepted"
        } catch {
            let message = (error as? ChaosError)?.message ?? "\(error)"
            return message.contains("\n") ? "several lines" : message
        }
    }

    @Test func `a plan says when and what`() throws {
        let plan = try plan(
            """
            seed: 18446744073709551615
            interval: 0.5
            duration: 30
            faults:
              - kill: minority
                weight: 3
              - latency: all
                delay: 0.2
                jitter: 0.1
                probability: 0.5
                direction: to-workers
                for: 4
              - exit: one
                point: mapped
              - kill: coordinator
              - disk-full:
              - cpu-hog: machine
                processes: 3
            """
        )
        #expect(plan.name == "mine" && plan.seed == .max && plan.pace == .poisson(interval: 0.5) && plan.duration == 30)
        #expect(plan.rules.map(\.kind) == [.kill, .latency, .exit, .kill, .diskFull, .cpuHog])
        #expect(plan.rules.map(\.target) == [.minority, .all, .one, .coordinator, .coordinator, .machine])
        #expect(plan.rules[0].weight == 3 && plan.rules[0].seconds == 0)
        let latency = plan.rules[1]
        #expect(latency.delay == 0.2 && latency.jitter == 0.1 && latency.probability == 0.5 && latency.seconds == 4)
        #expect(latency.direction == .toWorkers && plan.rules[2].point == "mapped" && plan.rules[5].processes == 3)
        #expect(plan.needsProxy)
        #expect(try !self.plan("faults: [{kill: one}]").needsProxy)
        #expect(try self.plan("count: 3\nduration: 2\nfaults: [{kill: one}]").pace == .count(3))
    }

    @Test(arguments: [
        ("faults: [", "not YAML"), ("", "no plan"), ("seed: 3", "no faults"), ("faults: []", "no faults"),
        ("faults: [{kil: one}]", "unknown fault 'kil' in fault 1"), ("faults: [kill]", "fault 1 has no name"),
        ("faults: [{kill: one}, {kill: some}]", "'kill: some' of fault 2"),
        ("faults: [{disk-full: one}]", "'disk-full: one' of fault 1"),
        ("faults: [{kill: one, wieght: 2}]", "unknown key 'wieght' in fault 1"),
        ("faults: [{kill: one, delay: 2}]", "unknown key 'delay' in fault 1"),
        ("faults: [{kill: one, pause: one}]", "fault 1 is several"),
        ("faults: [{kill: one, weight: heavy}]", "'weight' of fault 1 is not a number"),
        ("faults: [{drop: one, probability: 1.5}]", "'probability' of fault 1"),
        ("faults: [{exit: one, point: nowhere}]", "'point: nowhere' of fault 1"),
        ("pace: 3\nfaults: [{kill: one}]", "unknown key 'pace' in the plan"),
        ("seed: -1\nfaults: [{kill: one}]", "'seed' of the plan is not a whole number"),
        ("count: 3\nfaults: [{kill: one}]", "'count' without 'duration'"),
        ("count: 3\ninterval: 1\nduration: 3\nfaults: [{kill: one}]", "'count' and 'interval'"),
    ])
    func `what is not understood is refused in one line that names it`(yaml: String, words: String) {
        let line = refusal(yaml)
        #expect(line.contains(words), "\(line)")
        #expect(line.contains("Deploy/chaos/mine.yaml; "))
    }

    @Test func `the plans that come with the program are understood`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../Deploy/chaos"
        ).standardized
        let points = ["joined", "leased", "between-blocks", "mapped", "answered"]
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        #expect(
            Set(names).isSuperset(
                of: ["workers", "coordinator", "network", "disk", "everything", "storm"].map { $0 + ".yaml" }
            )
        )
        for name in names {
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            #expect(throws: Never.self) { try PlanReader(path: name, points: points).plan(fromYAML: text) }
        }
        let everything = try String(contentsOf: folder.appendingPathComponent("everything.yaml"), encoding: .utf8)
        #expect(try PlanReader(path: "everything.yaml", points: points).plan(fromYAML: everything) == .everything)
        #expect(Set(Plan.everything.rules.map(\.kind)) == Set(FaultKind.allCases))
    }
}
