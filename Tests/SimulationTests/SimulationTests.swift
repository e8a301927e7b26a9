import Coordination
import Testing

@testable import Simulation

struct SimulationTests {
    private func expectNoObjection(to seeds: Range<UInt64>) throws {
        let campaign = try SimulationCampaign(size: SimulationSize())
        let summary = try campaign.run(seeds: seeds, threads: 2)
        let result = summary.objection
        let objection = String(describing: result?.objection)
        #expect(result == nil, "coterie simulate --seed \(result?.seed ?? 0) --trace: \(objection)")
    }

    @Test func `No checker objects to a fixed set of seeds`() throws {
        try expectNoObjection(to: 0..<150)
    }

    @Test func `No checker objects to seeds that nobody has seen before`() throws {
        let first = UInt64.random(in: 0..<1 << 40)
        print("fresh seeds: coterie simulate --seeds '\(first)..<\(first + 60)'")
        try expectNoObjection(to: first..<first + 60)
    }

    @Test(arguments: [SimulationSize(workers: 1, blocks: 2), SimulationSize(workers: 9, blocks: 7)])
    func `Fleets of other sizes do as well`(size: SimulationSize) throws {
        let summary = try SimulationCampaign(size: size).run(seeds: 0..<20, threads: 2)
        #expect(summary.objection == nil && summary.seeds == 20)
    }

    @Test(arguments: [3, 17, 2029] as [UInt64])
    func `A seed determines everything that happens`(seed: UInt64) throws {
        let first = try SimulationCampaign(size: SimulationSize()).run(of: seed)
        let second = try SimulationCampaign(size: SimulationSize()).run(of: seed)
        #expect(first.summary == second.summary)
        let result = try first.run(isTraced: true)
        #expect(try second.run(isTraced: true) == result)
        #expect(result.transcript.count > 100)
        // Watching changes nothing.
        #expect(try second.run().counts == result.counts)
    }

    @Test func `The simulations lead everywhere`() throws {
        let summary = try SimulationCampaign(size: SimulationSize()).run(seeds: 1000..<1080, threads: 2)
        let counts = summary.counts
        #expect(summary.objection == nil)
        #expect(counts.faults.count == 15, "\(counts.faults)")
        for reason in [.unknownWorker, .otherRound, .alreadyMerged] as [Effect.Reason] {
            #expect(counts.ignored[reason] != nil, "\(reason)")
        }
        #expect(counts.lost > 100 && counts.duplicated > 100 && counts.lapses > 10 && counts.copies > 10)
        #expect(counts.records > summary.seeds)
    }

    @Test func `A failing plan is shrunk to the faults that matter`() throws {
        let campaign = try SimulationCampaign(size: SimulationSize(), parts: NeverGrantsAgain.parts)
        let found = try #require(try campaign.run(seeds: 0..<1000, threads: 1).objection)
        let whole = campaign.run(of: found.seed)
        let smallest = try whole.shrunk()
        #expect(Set(smallest.faults).isSubset(of: whole.faults))
        #expect(smallest.faults.count < whole.faults.count || whole.faults.count == 1)
        let kept = campaign.run(of: found.seed, keeping: Set(smallest.faults))
        #expect(try kept.run().objection?.checker == found.objection?.checker)
        for fault in smallest.faults {
            let less = campaign.run(of: found.seed, keeping: Set(smallest.faults).subtracting([fault]))
            #expect(try less.run().objection?.checker != found.objection?.checker, "fault \(fault) is not needed")
        }
    }
}
