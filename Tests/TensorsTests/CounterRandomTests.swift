import Testing

@testable import Tensors

@Suite struct CounterRandomTests {
    /// The vectors published with Random123 (`kat_vectors`, philox4x32 10).
    @Test func `Philox gives its published answers`() {
        let pi = Philox.Block(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344)
        #expect(
            Philox.block(counter: .zero, key: .zero)
                == Philox.Block(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
        )
        #expect(
            Philox.block(counter: Philox.Block(repeating: .max), key: Philox.Key(repeating: .max))
                == Philox.Block(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
        )
        #expect(
            Philox.block(counter: pi, key: Philox.Key(0xa409_3822, 0x299f_31d0))
                == Philox.Block(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
        )
    }

    @Test func `Every part of the key changes the numbers, and nothing else does`() {
        let purpose = CounterRandom.Purpose(code: 1)
        let base = CounterRandom(seed: 1, purpose: purpose, round: 1)
        let numbers = [
            base, CounterRandom(seed: 2, purpose: purpose, round: 1),
            CounterRandom(seed: 1 + 1 << 32, purpose: purpose, round: 1),
            CounterRandom(seed: 1, purpose: CounterRandom.Purpose(code: 2), round: 1),
            CounterRandom(seed: 1, purpose: purpose, round: 2),
            CounterRandom(seed: 1, purpose: purpose, round: 1 + 1 << 32),
        ].map { first(4, of: $0, row: 5) }
        let rows = [6, 5 + 1 << 32].map { first(4, of: base, row: $0) }
        #expect(Set(numbers + rows).count == 8)
        #expect(Set((numbers + rows).joined()).count == 32)
        #expect(first(4, of: CounterRandom(seed: 1, purpose: purpose, round: 1), row: 5) == numbers[0])
    }

    @Test func `Uniform numbers fill the open interval evenly`() {
        var draws = CounterRandom(seed: 3, purpose: SampleRows.purpose).draws(forRow: 0)
        var counts = [Int](repeating: 0, count: 10)
        for _ in 0..<20_000 {
            let number = draws.uniform()
            #expect(number > 0 && number < 1)
            counts[Int(number * 10)] += 1
        }
        // The chance of a tenth being ten standard deviations off is nil.
        #expect(counts.allSatisfy { abs($0 - 2000) < 425 })
    }

    @Test(arguments: [1, 2, 3, 10, 1000, Int.max])
    func `Integers stay below their bound and reach all of it`(bound: Int) {
        var draws = CounterRandom(seed: 4, purpose: SampleRows.purpose).draws(forRow: 1)
        var seen = Set<Int>()
        for _ in 0..<1000 {
            let number = draws.integer(below: bound)
            #expect(number >= 0 && number < bound)
            seen.insert(number)
        }
        #expect(seen.count >= min(bound, 550))
    }

    @Test func `Exponential numbers have mean one`() {
        var draws = CounterRandom(seed: 5, purpose: SampleRows.purpose).draws(forRow: 2)
        var total = 0.0
        for _ in 0..<20_000 {
            let number = draws.exponential()
            #expect(number > 0)
            total += number
        }
        #expect(abs(total / 20_000 - 1) < 0.07)
    }

    private func first(_ count: Int, of random: CounterRandom, row: UInt64) -> [UInt64] {
        var draws = random.draws(forRow: row)
        return (0..<count).map { _ in draws.next() }
    }
}
