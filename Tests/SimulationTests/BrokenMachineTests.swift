import Simulation
import Testing

/// That the checkers bite: each broken part is caught, and by the checker that should.
struct BrokenMachineTests {
    struct Broken: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let parts: FleetParts
        let checker: String
    }

    private static let broken = [
        Broken(testDescription: "counts a late answer twice", parts: CountsLateAnswers.parts, checker: "counting"),
        Broken(testDescription: "forgets a lapsed lease", parts: ForgetsLapsedLeases.parts, checker: "liveness"),
        Broken(
            testDescription: "merges in arrival order",
            parts: BrokenParts.mergesInArrivalOrder,
            checker: "answer"
        ),
        Broken(testDescription: "trusts every copy", parts: TrustsEveryCopy.parts, checker: "answer"),
        Broken(testDescription: "speaks before the record", parts: SpeaksBeforeTheRecord.parts, checker: "record"),
        Broken(testDescription: "reuses an identity", parts: BrokenParts.reusesIdentities, checker: "identity"),
        Broken(testDescription: "ignores terms", parts: IgnoresTerms.parts, checker: "term"),
        Broken(testDescription: "skips the last block", parts: SkipsTheLastBlock.parts, checker: "counting"),
        Broken(testDescription: "never grants again", parts: NeverGrantsAgain.parts, checker: "liveness"),
        Broken(testDescription: "copies leases at once", parts: BrokenParts.copiesAtOnce, checker: "lease"),
        Broken(testDescription: "ignores a revocation", parts: IgnoresRevocation.parts, checker: "lease"),
    ]

    @Test(arguments: broken)
    func `A broken fleet is caught within 1000 seeds by the checker that should`(broken: Broken) throws {
        let campaign = try SimulationCampaign(size: SimulationSize(), parts: broken.parts)
        let summary = try campaign.run(seeds: 0..<1000, threads: 1)
        let result = try #require(summary.objection, "nobody objects")
        #expect(result.objection?.checker == broken.checker, "seed \(result.seed): \(String(describing: result))")
        print("a fleet that \(broken.testDescription) is caught by seed \(result.seed)")
    }
}
