import Testing

@testable import Coordination

/// Random lives of a whole fleet. A failure names its seed, and the same seed fails again.
struct RandomWalkTests {
    private func faults(_ seed: UInt64) -> Faults {
        var random = SplitMix64(seed: ~seed)
        // One in four has a network without fault, so that crashes and slowness are seen alone.
        let isNetworkFaulty = !random.chance(1, in: 4)
        return Faults(
            loss: isNetworkFaulty ? random.integer(0...100) : 0,
            duplicate: isNetworkFaulty ? random.integer(0...100) : 0,
            delay: isNetworkFaulty ? random.integer(0...150) : 0,
            crash: random.integer(0...20),
            drain: random.integer(0...5),
            newcomer: random.integer(5...40),
            slow: random.integer(0...100)
        )
    }

    private func walk(seed: UInt64, steps: Int) -> SimulatedFleet {
        var fleet = SimulatedFleet(seed: seed)
        fleet.faults = faults(seed)
        for _ in 0..<steps where fleet.checker.complaints.isEmpty {
            fleet.step()
        }
        return fleet
    }

    private static let seeds: [Range<UInt64>] = [0..<150, 150..<300]

    @Test(arguments: seeds)
    func `No block is merged twice or forgotten, and once faults stop every round advances`(seeds: Range<UInt64>) {
        for seed in seeds {
            var fleet = walk(seed: seed, steps: seed.isMultiple(of: 50) ? 3000 : 300)
            fleet.faults = .none
            // Those that are left may be about to leave.
            fleet.start()
            fleet.start()
            let calm = fleet.now
            let advances = fleet.checker.advances
            // A lease that hangs lapses after `stall`; everything else that could be amiss heals sooner.
            let bound = calm + fleet.coordinator.settings.timing.stall + .seconds(30)
            while fleet.checker.advances < advances + 2, fleet.now < bound, fleet.checker.complaints.isEmpty {
                fleet.step()
            }
            #expect(fleet.checker.complaints == [], "seed \(seed)")
            #expect(fleet.checker.advances == advances + 2, "seed \(seed): \(Describer.text(fleet.coordinator))")
        }
    }

    @Test func `The same seed leads the same life`() {
        let first = walk(seed: 7, steps: 1000)
        let second = walk(seed: 7, steps: 1000)
        #expect(first.coordinator == second.coordinator)
        #expect(first.now == second.now && first.checker.merges == second.checker.merges)
        #expect(first.checker.merges > 0)
    }

    @Test func `The walks lead everywhere`() {
        let checkers = (1000..<1060 as Range<UInt64>).map { walk(seed: $0, steps: 600).checker }
        for reason in [Effect.Reason.unknownWorker, .otherRound, .alreadyMerged] {
            #expect(checkers.contains { $0.reasons[reason] != nil }, "\(reason)")
        }
        #expect(checkers.contains { $0.copies > 0 })
        #expect(checkers.contains { $0.lapses > 0 })
        #expect(checkers.map(\.advances).reduce(0, +) > 100)
    }
}
