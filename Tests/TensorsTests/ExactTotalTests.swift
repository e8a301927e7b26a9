import Testing

@testable import Tensors

@Suite struct ExactTotalTests {
    private let numbers: [Double]

    init() {
        var draws = CounterRandom(seed: 21, purpose: SampleRows.purpose).draws(forRow: 0)
        numbers = (0..<500).map { _ in draws.number(exponents: -1074...1000) }
    }

    private func total(_ numbers: [Double]) -> ExactTotal {
        var total = ExactTotal()
        total.add(contentsOf: numbers.span)
        return total
    }

    @Test func `Sums of numbers of every scale are correctly rounded`() {
        var draws = CounterRandom(seed: 22, purpose: SampleRows.purpose).draws(forRow: 0)
        for least in [-1074, -1060, -600, -40, 0, 900] {
            for spread in [0, 20, 70, 100] {
                let numbers = (0..<60).map { _ in draws.number(exponents: least...least + spread) }
                // Without its greatest numbers a sum is left of all of them that is far smaller than they are.
                let all = numbers + numbers.sorted { abs($0) > abs($1) }.prefix(57).map { -$0 }
                #expect(PlainSum(numbers).isRounded(to: total(numbers).value))
                #expect(PlainSum(all).isRounded(to: total(all).value))
            }
        }
        #expect(PlainSum(numbers).isRounded(to: total(numbers).value))
    }

    @Test func `A great number among small ones takes nothing from them`() {
        let small = [Double](repeating: 0.1, count: 1000)
        #expect(total(small + [1e300, -1e300]) == total(small))
        #expect(total([1e18] + small).value == 1e18)
        #expect(PlainSum(small).isRounded(to: total(small).value))
    }

    @Test func `Ties go to the even number, and a bit far below decides them`() {
        let odd = 1 + 0x1p-52
        #expect(total([1, 0x1p-53]).value == 1)
        #expect(total([odd, 0x1p-53]).value == 1 + 0x1p-51)
        #expect(total([1, 0x1p-53, .leastNonzeroMagnitude]).value == odd)
        #expect(total([-1, -0x1p-53, -.leastNonzeroMagnitude]).value == -odd)
        #expect(total([1, 0x1p-53, -.leastNonzeroMagnitude]).value == 1)
    }

    @Test func `The ends of the range are as they should be`() {
        let greatest = Double.greatestFiniteMagnitude
        #expect(total([]).value == 0)
        #expect(total([-0.0]).value.sign == .plus)
        #expect(total([greatest, greatest]).value == .infinity)
        #expect(total([greatest, greatest, -greatest]).value == greatest)
        #expect(total([.leastNonzeroMagnitude, .leastNonzeroMagnitude]).value == 2 * .leastNonzeroMagnitude)
        #expect(total([.leastNormalMagnitude, -.leastNonzeroMagnitude]).value == (.leastNormalMagnitude).nextDown)
    }

    @Test func `Any order and any cut give equal sums`() throws {
        let whole = total(numbers)
        var shuffled = numbers
        var draws = CounterRandom(seed: 23, purpose: SampleRows.purpose).draws(forRow: 0)
        for _ in 0..<5 {
            for last in shuffled.indices.reversed() { shuffled.swapAt(last, draws.integer(below: last + 1)) }
            var merged = ExactTotal()
            for start in stride(from: 0, to: shuffled.count, by: 7) {
                merged.merge(total(Array(shuffled[start..<min(start + 7, shuffled.count)])))
            }
            #expect(merged == whole && merged.value == whole.value && merged.parts == whole.parts)
            #expect(try ExactTotal(parts: merged.parts) == whole)
        }
        #expect(total(numbers + numbers.map { -$0 }) == ExactTotal())
        #expect(total(numbers.map { -$0 }).value == -whole.value)
    }

    @Test func `Sums that are doubled again and again carry`() {
        var sum = total([3, -.leastNonzeroMagnitude])
        for _ in 0..<60 {
            let half = sum
            sum.merge(half)
        }
        #expect(sum.value == 0x3p60)
        sum.add(-0x3p60)
        #expect(sum.value == -0x1p60 * .leastNonzeroMagnitude)
    }

    @Test func `Products are added before they are rounded`() {
        var (sum, repeated) = (ExactTotal(), ExactTotal())
        for number in [0.1, 1e-30, -7.3e12] {
            sum.add(product: 1_000_003, number)
            for _ in 0..<1_000_003 { repeated.add(number) }
        }
        #expect(sum == repeated)
    }

    @Test(
        arguments: [[0], [0, 0], [67, 1, 1], [-1, 1], [0, 1 << 32], [0, 1, -1], [3, 1, 0], [.max, 1]] as [[Int64]]
    )
    func `Parts that no sum has are refused`(parts: [Int64]) {
        #expect { try ExactTotal(parts: parts) } throws: { ($0 as? TensorError)?.code == .sumsInexact }
    }
}
