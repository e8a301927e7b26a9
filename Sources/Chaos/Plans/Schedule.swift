/// When which fault is to come: a function of the plan and its seed alone.
package struct Schedule: Sendable, Equatable {
    package struct Fault: Sendable, Equatable {
        /// From 1.
        package let number: Int
        /// Seconds since the fleet was started.
        package let time: Double
        /// The place of the rule in its plan.
        package let place: Int
        package let rule: FaultRule
        /// What else is to be drawn for it: whom it is done to, how many bytes are cut.
        package let draws: SeededDraws
    }

    /// In the order of their times.
    package let faults: [Fault]

    package init(of plan: Plan) {
        faults = Self.times(of: plan).enumerated().map { index, time in
            let number = index + 1
            let place = Self.place(in: plan, number)
            return Fault(
                number: number,
                time: time,
                place: place,
                rule: plan.rules[place],
                draws: SeededDraws(seed: plan.seed, .details, place: UInt64(number))
            )
        }
    }

    private static func times(of plan: Plan) -> [Double] {
        switch plan.pace {
        case .count(let count):
            return (0..<count).map { number in
                var draws = SeededDraws(seed: plan.seed, .times, place: UInt64(number))
                return draws.uniform() * plan.duration
            }.sorted()
        case .poisson(let interval):
            var times: [Double] = []
            var time = 0.0
            while true {
                var draws = SeededDraws(seed: plan.seed, .times, place: UInt64(times.count))
                time += draws.exponential() * interval
                guard time < plan.duration else { return times }
                times.append(time)
            }
        }
    }

    private static func place(in plan: Plan, _ number: Int) -> Int {
        var draws = SeededDraws(seed: plan.seed, .kinds, place: UInt64(number))
        var left = draws.uniform() * plan.rules.reduce(0) { $0 + $1.weight }
        for (place, rule) in plan.rules.enumerated() {
            left -= rule.weight
            if left < 0 { return place }
        }
        return plan.rules.count - 1
    }
}

extension Schedule.Fault {
    /// Those of `candidates` that it is done to, in their order.
    package func chosen<Candidate>(among candidates: [Candidate]) -> [Candidate] {
        var draws = draws
        var rest = Array(candidates.indices)
        let places = (0..<rule.target.count(of: candidates.count)).map { _ in
            rest.remove(at: draws.index(below: rest.count))
        }
        return places.sorted().map { candidates[$0] }
    }
}
