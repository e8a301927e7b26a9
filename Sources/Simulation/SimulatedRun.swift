import Coordination

/// One life of a whole fleet, determined by a seed.
package struct SimulatedRun: Sendable {
    package let seed: UInt64
    private let options: SimulationOptions
    private let plan: FaultPlan
    private let parts: FleetParts
    private let reference: ReferenceRun

    /// - Parameter faults: numbers of the faults to keep of the plan; all unless given.
    package init(
        seed: UInt64,
        size: SimulationSize,
        references: ReferenceRuns,
        parts: FleetParts = FleetParts(),
        keeping faults: Set<Int>? = nil
    ) {
        self.seed = seed
        self.parts = parts
        options = SimulationOptions(seed: seed, size: size, jobs: references.runs.count)
        reference = references.runs[options.job]
        let whole = FaultPlan(for: options)
        plan = faults.map { whole.keeping($0) } ?? whole
    }

    /// Numbers of the faults of its plan.
    package var faults: [Int] { plan.faults.map(\.number) }

    /// What follows from the seed, line by line.
    package var summary: [String] {
        ["seed \(seed):"] + options.description.split(separator: "\n").map(String.init)
            + plan.faults.map { "  \($0)" } + (plan.faults.isEmpty ? ["  no faults"] : [])
    }

    /// - Throws: what the program throws, which has no reason to.
    package func run(isTraced: Bool = false) throws -> SimulationResult {
        let fleet = SimulatedFleet(options, plan: plan, parts: parts, reference: reference, isTraced: isTraced)
        return try fleet.run()
    }

    /// The same run with as few faults as bring about an objection of the same checker.
    ///
    /// Stretches of the plan are left out, ever shorter ones, for as long as the checker still objects: Zeller and
    /// Hildebrandt, "Simplifying and isolating failure-inducing input" (2002), without its complements.
    package func shrunk() throws -> SimulatedRun {
        guard let checker = try run().objection?.checker else { return self }
        var smallest = self
        var length = max(1, faults.count / 2)
        while true {
            var hasShrunk = false
            var start = 0
            while start < smallest.faults.count {
                var kept = smallest.faults
                kept.removeSubrange(start..<min(start + length, kept.count))
                let candidate = smallest.keeping(Set(kept))
                if try candidate.run().objection?.checker == checker {
                    smallest = candidate
                    hasShrunk = true
                } else {
                    start += length
                }
            }
            if length == 1 && !hasShrunk { return smallest }
            length = max(1, length / 2)
        }
    }

    private func keeping(_ faults: Set<Int>) -> SimulatedRun {
        SimulatedRun(self, plan: plan.keeping(faults))
    }

    private init(_ other: SimulatedRun, plan: FaultPlan) {
        seed = other.seed
        options = other.options
        parts = other.parts
        reference = other.reference
        self.plan = plan
    }
}
