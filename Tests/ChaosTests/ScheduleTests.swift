import Testing

@testable import Chaos

struct ScheduleTests {
    private func plan(_ pace: Plan.Pace, seed: UInt64 = 1, duration: Double = 1000) -> Plan {
        var plan = Plan(
            name: "test",
            rules: [FaultRule(.kill, .one), FaultRule(.pause, .minority), FaultRule(.drop, .all)]
        )
        (plan.pace, plan.seed, plan.duration) = (pace, seed, duration)
        plan.rules[1].weight = 3
        return plan
    }

    @Test func `the same seed gives the same faults, another gives others`() {
        let schedule = Schedule(of: plan(.poisson(interval: 2)))
        #expect(schedule == Schedule(of: plan(.poisson(interval: 2))))
        #expect(schedule != Schedule(of: plan(.poisson(interval: 2), seed: 2)))
        #expect(schedule.faults.map(\.number) == Array(1...schedule.faults.count))
    }

    @Test func `faults come at random moments at the rate that was asked for`() {
        let times = Schedule(of: plan(.poisson(interval: 2))).faults.map(\.time)
        #expect(420...580 ~= times.count)
        #expect(times == times.sorted() && times.allSatisfy { (0..<1000).contains($0) })
        // Of exponential gaps a share of 1/e is longer than the mean.
        let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
        #expect(0.30...0.44 ~= Double(gaps.count { $0 > 2 }) / Double(gaps.count))
    }

    @Test func `a number of faults is spread over the whole time`() {
        let times = Schedule(of: plan(.count(400), duration: 8)).faults.map(\.time)
        #expect(times.count == 400 && times == times.sorted())
        #expect(160...240 ~= times.count { $0 < 4 })
    }

    @Test func `kinds come by their weights`() {
        let faults = Schedule(of: plan(.count(5000))).faults
        #expect(2800...3200 ~= faults.count { $0.rule.kind == .pause })
        #expect(850...1150 ~= faults.count { $0.rule.kind == .kill })
        #expect(faults.allSatisfy { $0.rule == plan(.count(1)).rules[$0.place] })
    }

    @Test(arguments: [
        (Target.one, [0, 1, 1, 1, 1]), (.minority, [0, 1, 1, 1, 2]), (.majority, [0, 1, 2, 2, 3]),
        (.all, [0, 1, 2, 3, 5]),
    ])
    func `a target means so many workers`(target: Target, counts: [Int]) {
        #expect([0, 1, 2, 3, 5].map(target.count) == counts)
        var plan = plan(.count(200))
        plan.rules = [FaultRule(.kill, target)]
        let chosen = Schedule(of: plan).faults.map { $0.chosen(among: Array("abcde")) }
        #expect(chosen.allSatisfy { $0.count == counts[4] && Set($0).count == $0.count && $0 == $0.sorted() })
        // Nobody is spared for ever.
        #expect(Set(chosen.joined()) == Set("abcde"))
    }
}
