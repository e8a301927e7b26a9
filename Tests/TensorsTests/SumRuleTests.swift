import Testing

@testable import Tensors

@Suite struct SumRuleTests {
    @Test func `Quanta follow from bound and terms, and levels from the least bit`() throws {
        let rule = try SumRule(bound: 1, leastBit: 0x1p-149, terms: 1 << 21)
        #expect(rule.quantum(ofLevel: 0) == 0x1p-41)
        #expect(rule.quantum(ofLevel: 1) == 0x1p-83)
        #expect(rule.levels == 4)
        #expect(try SumRule(bound: 1.1, leastBit: 0x1p-24, terms: (1 << 20) + 1).quantum(ofLevel: 0) == 0x1p-40)
        #expect(try SumRule(bound: 0, leastBit: 1, terms: 1).quantum(ofLevel: 0) == 0x1p-50)
    }

    @Test func `Rows of halves, and of floats of like size, need one level`() throws {
        #expect(try SumRule(bound: 1, leastBit: 0x1p-24, terms: 1 << 31).levels == 1)
        #expect(try SumRule(bound: 255, leastBit: 0x1p-24, terms: 1 << 20).levels == 1)
        #expect(try SumRule(bound: 1, leastBit: 0x1p-41, terms: 1 << 21).levels == 1)
        #expect(try SumRule(bound: 1, leastBit: 0x1p-42, terms: 1 << 21).levels == 2)
    }

    @Test(arguments: [-1, .nan, .infinity, 1e300])
    func `A bound that no sum can be exact for is refused`(bound: Double) {
        #expect { try SumRule(bound: bound, leastBit: 1, terms: 10) } throws: { error in
            (error as? TensorError)?.code == .boundOutOfRange
        }
    }

    @Test(arguments: [(0x1p900, 1 << 38), (1, 1), (0x1p-900, 1 << 20)])
    func `What levels cut a number into is that number`(bound: Double, terms: Int) throws {
        let rule = try SumRule(bound: bound, leastBit: .leastNonzeroMagnitude, terms: terms)
        var draws = CounterRandom(seed: 31, purpose: SampleRows.purpose).draws(forRow: 0)
        let greatest = Int(bound.exponent)
        let numbers = (0..<300).map { _ in draws.number(exponents: max(-1074, greatest - 200)...greatest - 1) }
        for number in numbers + [bound, -bound, .leastNonzeroMagnitude, 0] {
            var (sum, rest) = (PlainSum([-number]), number)
            for level in 0..<rule.levels {
                let cut = rule.cut(rest, atLevel: level)
                sum.add(rule.quantum(ofLevel: level), times: Int(cut.quanta))
                #expect(Double(cut.quanta.magnitude) * Double(rule.terms) <= 0x1p62)
                rest = cut.rest
            }
            #expect(rest == 0 && sum.sign == 0)
        }
    }

    @Test func `Rounded values keep 24 bits, and ties go to the even multiple`() throws {
        let rule = try SumRule(bound: 1, leastBit: 0x1p-149, terms: 1 << 21, isRounded: true)
        var draws = CounterRandom(seed: 32, purpose: SampleRows.purpose).draws(forRow: 0)
        for _ in 0..<300 {
            let number = draws.number(exponents: -120...(-1))
            var (sum, rest) = (0.0, number)
            for level in 0..<rule.levels {
                let cut = rule.cut(rest, atLevel: level)
                sum += Double(cut.quanta) * rule.quantum(ofLevel: level)
                rest = cut.rest
            }
            #expect(rest == 0 && abs(sum - number) <= 0x1p-24 * abs(number))
        }
        #expect(rule.cut(0x3p-42, atLevel: 0).quanta == 2)
        #expect(rule.cut(0x5p-42, atLevel: 0).quanta == 2)
        #expect(rule.cut(-0x3p-42, atLevel: 0).quanta == -2)
    }
}
