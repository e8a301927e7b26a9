import Simulation
import Testing

@testable import coterie

struct SimulateTests {
    @Test func `seeds that nobody objects to end with 0 and a count of what happened`() throws {
        let run = try CoterieProcess(["simulate", "--seeds", "10..<22", "--quiet"])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        #expect(run.output.hasPrefix("no objection: seeds 10 to 21, 5 workers, 40 blocks\n"))
        #expect(run.output.contains("\nmessages  ") && run.output.contains("\n  worker crash  "))
    }

    @Test func `a seed is replayed to the letter, and tells what follows from it`() throws {
        let first = try CoterieProcess(["simulate", "--seed", "17", "--trace"])
        let second = try CoterieProcess(["simulate", "--seed", "17", "--trace"])
        #expect(first.status == 0 && first.output == second.output)
        #expect(first.output.hasPrefix("seed 17:\n  job "))
        #expect(first.output.contains("coordinator  stops: finished"))
        let untraced = try CoterieProcess(["simulate", "--seed", "17"])
        #expect(untraced.output.count < first.output.count / 10)
    }

    @Test func `an objection ends with 1 and says how to see it again`() throws {
        var parts = FleetParts()
        parts.merge = { _, _ in }
        let words = ["simulate", "--seeds", "5..<9", "--workers", "3", "--quiet"]
        let command = try #require(try CommandLineParser(environment: [:]).command(for: words) as? Simulate)
        let error = #expect(throws: CommandError.self) { try SimulateRun(command: command, parts: parts).run() }
        #expect(error?.status == .objection)
        #expect(error?.status.rawValue == 1)
        #expect(
            error?.message == """
                the answer checker objects: seed 5; replay it with coterie simulate --seed 5 --faults none \
                --workers 3 --trace
                """
        )
    }
}
