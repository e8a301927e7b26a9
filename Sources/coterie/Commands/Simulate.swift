import ArgumentParser
import Foundation
import Simulation

/// Runs a simulated fleet with faults.
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a fleet under a virtual clock with faults that follow from a seed.",
        discussion: """
            The coordinator and the workers decide as they do in a real fleet, over a small k-means job; the network, the \
            disk, the clocks and the processes are simulated, and fail. Checkers that know nothing of how it is done see \
            to it that every block is counted once, that nothing is seen before its record, that leases and terms are \
            kept, that the answer is that of one process, and that the job ends once faults have stopped.

            One seed determines everything. Exits with 1 when a checker objects, and prints what it saw, the smallest \
            plan of faults that still brings it about, and the command that replays it.

            Examples:
              coterie simulate --seeds '0..<5000'
              coterie simulate --seed 17 --trace
              coterie simulate --seed 17 --faults 2,5 --trace
            """
    )

    @Option(
        help: ArgumentHelp("Run these seeds until a checker objects. (default: none)", valueName: "first..<end"),
        transform: SeedRange.init(text:)
    )
    var seeds: SeedRange?

    @Option(help: "Run this seed and print what follows from it. (default: none)", transform: Bounded.seed)
    var seed: UInt64?

    @Flag(help: "Print everything that happens in the run of --seed. (default: off)")
    var trace = false

    @Option(
        help: ArgumentHelp(
            "Keep of the faults of --seed only these, by number, separated by commas. (default: all)",
            valueName: "numbers"
        ),
        transform: FaultNumbers.init(text:)
    )
    var faults: FaultNumbers?

    @Option(help: "Workers of the fleet. (default: 5)", transform: Bounded.integer(in: 1...64))
    var workers: Int = 5

    @Option(help: "Blocks of the dataset. (default: 40)", transform: Bounded.integer(in: 2...4096))
    var blocks: Int = 40

    @Option(help: "Seeds to run at once. (default: one per usable core)", transform: Bounded.integer(in: 1...4096))
    var threads: Int?

    @OptionGroup var progress: ProgressOptions
    @OptionGroup var settings: SettingsOptions

    func validate() throws {
        guard (seeds == nil) != (seed == nil) else {
            throw CommandError(.usage, "no seed", at: "simulate", fix: "give either --seeds 'A..<B' or --seed N")
        }
        guard seed != nil || (!trace && faults == nil) else {
            throw CommandError(
                .usage,
                "contradictory flags",
                at: "--seeds with \(trace ? "--trace" : "--faults")",
                fix: "give --seed N"
            )
        }
    }

    func run() throws {
        try SimulateRun(command: self).run()
    }
}

/// A range of seeds as `A..<B`.
struct SeedRange: Hashable, Sendable {
    let range: Range<UInt64>

    init(text: String) throws {
        let ends = text.components(separatedBy: "..<").map { UInt64($0) }
        guard ends.count == 2, let first = ends[0], let end = ends[1], first < end else {
            throw ValidationError("give a range of whole numbers as A..<B with A below B")
        }
        range = first..<end
    }
}

/// Numbers of faults, separated by commas; none where there is no number.
struct FaultNumbers: Hashable, Sendable {
    let numbers: Set<Int>

    init(text: String) throws {
        let words = text == "none" ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
        numbers = Set(
            try words.map { word in
                guard let number = Int(word), number >= 1 else {
                    throw ValidationError("give numbers of faults from 1, separated by commas, or none")
                }
                return number
            }
        )
    }
}
