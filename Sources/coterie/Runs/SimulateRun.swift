import Coordination
import Foundation
import Simulation
import Synchronization

/// The `simulate` command's work.
struct SimulateRun {
    let command: Simulate
    private let campaign: SimulationCampaign

    /// - Parameter parts: what the fleets are made of.
    init(command: Simulate, parts: FleetParts = FleetParts()) throws {
        self.command = command
        let size = SimulationSize(workers: command.workers, blocks: command.blocks)
        campaign = try SimulationCampaign(size: size, parts: parts)
    }

    func run() throws {
        if let seed = command.seed {
            try replay(seed)
        } else if let seeds = command.seeds?.range {
            try search(seeds)
        }
    }

    /// One seed, with all that follows from it.
    private func replay(_ seed: UInt64) throws {
        let run = campaign.run(of: seed, keeping: command.faults?.numbers)
        try checkFaults(of: run, seed)
        let result = try run.run(isTraced: command.trace)
        try StandardOutput.write((run.summary + result.transcript).map { $0 + "\n" }.joined())
        try StandardOutput.write(Self.text(of: result.counts, duration: result.duration))
        if result.objection != nil { throw try objection(to: result, of: run) }
    }

    /// Faults that are asked for and that the plan does not have would be left out in silence.
    private func checkFaults(of run: SimulatedRun, _ seed: UInt64) throws(CommandError) {
        let unknown = (command.faults?.numbers ?? []).subtracting(run.faults).sorted()
        guard let first = unknown.first else { return }
        let known = campaign.run(of: seed).faults.map(String.init).joined(separator: ",")
        throw CommandError(
            .usage,
            "no such fault",
            at: "--faults \(first) of --seed \(seed)",
            fix: known.isEmpty ? "leave it out: this seed has none" : "give numbers of \(known), or none"
        )
    }

    /// Many seeds, up to the first to which a checker objects.
    private func search(_ seeds: Range<UInt64>) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let threads = command.threads ?? UsableCores.ofThisProcess.count
        let display = SeedDisplay(command.progress)
        let summary = try campaign.run(seeds: seeds, threads: threads) { display.show($0, of: seeds.count) }
        display.finish()
        let seconds = (clock.now - start).seconds
        if !command.progress.quiet {
            let rate = String(format: "%.0f", Double(summary.seeds) / max(seconds, 1e-9))
            StandardError.note("\(summary.seeds) seeds in \(String(format: "%.1f", seconds)) s, \(rate) a second")
        }
        let counted = "seeds \(seeds.lowerBound) to \(seeds.lowerBound + UInt64(summary.seeds) - 1)"
        try StandardOutput.write(
            "\(summary.objection == nil ? "no objection: " : "")\(counted), \(command.workers) workers, "
                + "\(command.blocks) blocks\n" + Self.text(of: summary.counts, duration: summary.duration)
        )
        if let result = summary.objection {
            throw try objection(to: result, of: campaign.run(of: result.seed))
        }
    }

    /// Prints what a checker has against a run, and in how small a run still.
    private func objection(to result: SimulationResult, of run: SimulatedRun) throws -> CommandError {
        let smallest = try run.shrunk()
        let objection = try smallest.run().objection ?? result.objection
        let replay = self.replay(of: smallest)
        var lines: [String] = []
        if let first = result.objection { lines.append("the \(first.checker) checker objects: \(first.complaint)") }
        lines.append("the smallest plan that brings it about:")
        lines += smallest.summary
        if let objection { lines.append("  \(objection)") }
        lines.append("replay: \(replay)")
        try StandardOutput.write(lines.map { $0 + "\n" }.joined())
        return CommandError(
            .objection,
            "the \(result.objection?.checker ?? "") checker objects",
            at: "seed \(result.seed)",
            fix: "replay it with \(replay)"
        )
    }

    private func replay(of run: SimulatedRun) -> String {
        let numbers = run.faults.map(String.init).joined(separator: ",")
        let size = SimulationSize()
        return "coterie simulate --seed \(run.seed) --faults \(numbers.isEmpty ? "none" : numbers)"
            + (command.workers == size.workers ? "" : " --workers \(command.workers)")
            + (command.blocks == size.blocks ? "" : " --blocks \(command.blocks)") + " --trace"
    }

    private static func text(of counts: SimulationCounts, duration: Microseconds) -> String {
        let ignored = Effect.Reason.allCases.map { ["  ignored, \($0.rawValue)", "\(counts.ignored[$0] ?? 0)"] }
        let faults = counts.faults.sorted { $0.key < $1.key }.map { ["  \($0.key)", "\($0.value)"] }
        let rows =
            [
                ["simulated seconds", "\(duration / 1_000_000)"],
                ["rounds", "\(counts.rounds)"],
                ["messages", "\(counts.messages)"],
                ["  lost", "\(counts.lost)"],
                ["  duplicated", "\(counts.duplicated)"],
            ] + ignored + [
                ["records", "\(counts.records)"],
                ["leases lapsed", "\(counts.lapses)"],
                ["leases copied", "\(counts.copies)"],
                ["faults", "\(counts.faults.values.reduce(0, +))"],
            ] + faults
        return TextTable.text(rows, rightAligned: [1])
    }
}

/// Progress that several threads may tell of, one at a time.
private final class SeedDisplay: Sendable {
    private let display: Mutex<ProgressDisplay>

    init(_ options: ProgressOptions) {
        display = Mutex(ProgressDisplay(options: options, environment: ProcessEnvironment.current))
    }

    func show(_ done: Int, of seeds: Int) {
        display.withLock { $0.update(phase: "simulating", done: done, limit: seeds) }
    }

    func finish() {
        display.withLock { $0.finish() }
    }
}
