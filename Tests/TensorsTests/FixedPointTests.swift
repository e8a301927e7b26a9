import Testing

@testable import Tensors

@Suite struct FixedPointTests {
    @Test func `The quantum follows from bound and terms`() throws {
        #expect(try FixedPoint(bound: 1, terms: 1 << 20).quantum == 0x1p-32)
        #expect(try FixedPoint(bound: 1, terms: (1 << 20) + 1).quantum == 0x1p-31)
        #expect(try FixedPoint(bound: 1.1, terms: 1 << 20).quantum == 0x1p-31)
        #expect(try FixedPoint(bound: 0, terms: 1).quantum == 0x1p-51)
    }

    @Test(arguments: [-1, .nan, .infinity, 1e300, 1e-300])
    func `A bound that no sum can be exact for is refused`(bound: Double) {
        #expect { try FixedPoint(bound: bound, terms: 10) } throws: { error in
            (error as? TensorError)?.code == .boundOutOfRange
        }
    }

    @Test func `Every half within the bound is exact for the sizes that occur`() throws {
        let rule = try FixedPoint(bound: 1, terms: 1 << 28)
        #expect(rule.quantum <= 0x1p-24)
        for bits in (0...UInt16.max) {
            let half = Double(Float16(bitPattern: bits))
            guard abs(half) <= 1 else { continue }
            #expect(rule.round(half) == half)
        }
    }

    @Test func `Rounding goes to the nearest multiple and ties to the even one, at the bound too`() throws {
        let rule = try FixedPoint(bound: 8, terms: 1)
        let quantum = rule.quantum
        #expect(rule.round(quantum * 0.5) == 0)
        #expect(rule.round(quantum * 1.5) == 2 * quantum)
        #expect(rule.round(quantum * -0.75) == -quantum)
        #expect(rule.round(8) == 8)
        #expect(rule.round(-8) == -8)
        #expect(rule.round(8 - quantum) == 8 - quantum)
    }

    @Test func `As many terms as allowed, all at the bound, sum exactly`() throws {
        let terms = 1 << 12
        let rule = try FixedPoint(bound: 0.75, terms: terms)
        let addend = rule.round(0.7)
        var total = 0.0
        for _ in 0..<terms { total += addend }
        #expect(total == addend * Double(terms))
        #expect(rule.admits(total: total))
        #expect(!rule.admits(total: total + rule.quantum / 2))
        #expect(!rule.admits(total: 0x1p53 * rule.quantum))
        #expect(!rule.admits(total: .nan))
    }
}
