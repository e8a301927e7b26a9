import Testing

@testable import Simulation

struct SimulatedDiskTests {
    private let first = JournalEntry(term: 7)
    private let second = JournalEntry(term: 7, snapshot: .init(rounds: 3, model: [1, 2, 3]))

    @Test func `What was synced survives every crash`() {
        for fate in [.lost, .torn(500), .kept] as [TailFate] {
            var disk = SimulatedDisk()
            disk.write(first)
            disk.write(second)
            disk.sync()
            disk.crash(fate)
            let (entries, isTorn) = disk.read()
            #expect(entries == [first, second] && !isTorn)
        }
    }

    @Test func `A tail is lost, kept, or torn and cut off`() {
        let fates: [(TailFate, [JournalEntry], Bool)] = [
            (.lost, [first], false), (.kept, [first, second], false), (.torn(1), [first], false),
            (.torn(300), [first], true), (.torn(999), [first], true),
        ]
        for (fate, expected, expectedTear) in fates {
            var disk = SimulatedDisk()
            disk.write(first)
            disk.sync()
            disk.write(second)
            disk.crash(fate)
            let (entries, isTorn) = disk.read()
            #expect(entries == expected && isTorn == expectedTear, "\(fate)")
            // The next record follows the whole ones.
            disk.write(second)
            disk.sync()
            #expect(disk.read().entries == expected + [second])
        }
    }
}
