package import Coordination

/// What happened in a simulation, in numbers.
package struct SimulationCounts: Hashable, Sendable {
    /// By kind.
    package var faults: [String: Int] = [:]
    package var messages = 0
    package var lost = 0
    package var duplicated = 0
    /// Those that advanced, which after a crash may have done so before.
    package var rounds = 0
    package var records = 0
    package var lapses = 0
    package var copies = 0
    /// Events that changed nothing, by reason.
    package var ignored: [Effect.Reason: Int] = [:]

    package init() {}

    package mutating func add(_ other: SimulationCounts) {
        faults.merge(other.faults, uniquingKeysWith: +)
        ignored.merge(other.ignored, uniquingKeysWith: +)
        messages += other.messages
        lost += other.lost
        duplicated += other.duplicated
        rounds += other.rounds
        records += other.records
        lapses += other.lapses
        copies += other.copies
    }
}

/// What came of one seed.
package struct SimulationResult: Hashable, Sendable {
    package let seed: UInt64
    /// Nil where no checker objects.
    package let objection: Objection?
    package let counts: SimulationCounts
    /// Of the simulated time.
    package let duration: Microseconds
    /// Line by line; empty unless it was asked for.
    package let transcript: [String]
}
