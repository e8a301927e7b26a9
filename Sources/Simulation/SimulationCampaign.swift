import Dispatch
import Synchronization

/// Many seeds, on as many threads as asked for.
package struct SimulationCampaign: Sendable {
    private let size: SimulationSize
    private let parts: FleetParts
    private let references: ReferenceRuns

    package init(size: SimulationSize, parts: FleetParts = FleetParts()) throws {
        self.size = size
        self.parts = parts
        references = try ReferenceRuns(blocks: size.blocks)
    }

    /// What came of the seeds that were run.
    package struct Summary: Sendable {
        package var seeds = 0
        package var counts = SimulationCounts()
        /// Of the simulated time of all seeds.
        package var duration: Microseconds = 0
        /// Of the lowest seed that a checker objects to.
        package var objection: SimulationResult?
    }

    /// One seed of the campaign.
    package func run(of seed: UInt64, keeping faults: Set<Int>? = nil) -> SimulatedRun {
        SimulatedRun(seed: seed, size: size, references: references, parts: parts, keeping: faults)
    }

    /// Runs seeds in order until a checker objects; those before have been run by then, and the summary is of them alone.
    /// - Parameter progress: is told now and then how many are done, from one thread at a time.
    package func run(
        seeds: Range<UInt64>,
        threads: Int,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws -> Summary {
        let queue = SeedQueue(seeds)
        DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
            while let next = queue.next() {
                var results: [SimulationResult] = []
                for seed in next {
                    do {
                        results.append(try run(of: seed).run())
                    } catch {
                        return queue.fail(error)
                    }
                    if results.last?.objection != nil { break }
                }
                queue.add(results, progress)
            }
        }
        return try queue.summary()
    }
}

/// Hands out seeds, a few at a time and in order, and adds up what came of them.
private final class SeedQueue: Sendable {
    private struct State {
        var remaining: Range<UInt64>
        var summaries: [UInt64: SimulationCampaign.Summary] = [:]
        var done = 0
        var hasObjection = false
        var failure: (any Error)?
    }

    private static let stretch: UInt64 = 16
    private let state: Mutex<State>

    init(_ seeds: Range<UInt64>) {
        state = Mutex(State(remaining: seeds))
    }

    func next() -> Range<UInt64>? {
        state.withLock { state in
            guard !state.hasObjection, state.failure == nil, !state.remaining.isEmpty else { return nil }
            let first = state.remaining.lowerBound
            let end = first + min(Self.stretch, state.remaining.upperBound - first)
            state.remaining = end..<state.remaining.upperBound
            return first..<end
        }
    }

    func add(_ results: [SimulationResult], _ progress: (Int) -> Void) {
        guard let first = results.first else { return }
        var summary = SimulationCampaign.Summary()
        for result in results {
            summary.seeds += 1
            summary.counts.add(result.counts)
            summary.duration += result.duration
            summary.objection = result.objection == nil ? nil : result
        }
        state.withLock { state in
            state.summaries[first.seed] = summary
            state.done += summary.seeds
            state.hasObjection = state.hasObjection || summary.objection != nil
            progress(state.done)
        }
    }

    func fail(_ error: any Error) { state.withLock { $0.failure = $0.failure ?? error } }

    func summary() throws -> SimulationCampaign.Summary {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            var whole = SimulationCampaign.Summary()
            for (_, summary) in state.summaries.sorted(by: { $0.key < $1.key }) where whole.objection == nil {
                whole.seeds += summary.seeds
                whole.counts.add(summary.counts)
                whole.duration += summary.duration
                whole.objection = summary.objection
            }
            return whole
        }
    }
}
