extension Plan {
    /// What is done where no plan is given: every kind of fault, one every two seconds on average.
    package static var everything: Plan {
        func rule(
            _ kind: FaultKind,
            _ target: Target,
            weight: Double = 1,
            _ change: (inout FaultRule) -> Void = { _ in }
        ) -> FaultRule {
            var rule = FaultRule(kind, target)
            rule.weight = weight
            change(&rule)
            return rule
        }
        var plan = Plan(
            name: "everything",
            rules: [
                rule(.kill, .one, weight: 3), rule(.kill, .all), rule(.terminate, .one), rule(.exit, .one, weight: 2),
                rule(.pause, .minority) { $0.seconds = 3 }, rule(.slowStart, .one),
                rule(.kill, .coordinator, weight: 2), rule(.pause, .coordinator) { $0.seconds = 1.5 },
                rule(.latency, .majority) { ($0.delay, $0.jitter) = (0.05, 0.03) },
                rule(.drop, .one) { $0.probability = 0.1 }, rule(.duplicate, .majority) { $0.probability = 0.3 },
                rule(.reorder, .one) { $0.probability = 0.3 }, rule(.truncate, .one) { $0.probability = 0.1 },
                rule(.bitFlip, .majority, weight: 2) { $0.probability = 0.1 },
                rule(.partition, .one) { $0.seconds = 3 }, rule(.bandwidth, .minority) { $0.rate = 200_000 },
                rule(.reset, .majority), rule(.diskFull, .coordinator), rule(.tornWrite, .coordinator),
                rule(.cpuHog, .machine),
            ]
        )
        plan.duration = 3600
        return plan
    }
}
