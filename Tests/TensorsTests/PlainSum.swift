@testable import Tensors

/// A sum of Doubles bit by bit, for tests: obviously exact, and slow.
struct PlainSum {
    /// Of the powers of two from 2⁻¹⁰⁷⁴ on; any integers.
    private var bits = [Int](repeating: 0, count: 2200)

    init() {}

    init(_ numbers: [Double]) {
        for number in numbers { add(number) }
    }

    mutating func add(_ number: Double, times count: Int = 1) {
        guard number != 0 else { return }
        let isNormal = number.exponentBitPattern > 0
        let significand = number.significandBitPattern | (isNormal ? 1 << 52 : 0)
        let place = Int(number.exponentBitPattern) - (isNormal ? 1 : 0)
        for bit in 0..<53 where significand >> UInt64(bit) & 1 == 1 {
            bits[place + bit] += number < 0 ? -count : count
        }
    }

    /// −1, 0 or 1.
    var sign: Int {
        var carry = 0
        var isZero = true
        for bit in bits {
            let total = bit + carry
            if total & 1 == 1 { isZero = false }
            carry = total >> 1
        }
        return carry != 0 ? carry.signum() : isZero ? 0 : 1
    }

    /// Whether no Double is nearer, or as near and even.
    func isRounded(to number: Double) -> Bool {
        var twice = self
        for place in twice.bits.indices { twice.bits[place] *= 2 }
        twice.add(number, times: -2)
        var (above, below) = (twice, twice)
        above.add(number.nextUp - number, times: -1)
        below.add(number - number.nextDown)
        let isEven = number.significandBitPattern & 1 == 0
        return isEven ? above.sign <= 0 && below.sign >= 0 : above.sign < 0 && below.sign > 0
    }
}

extension CounterRandom.Draws {
    /// A number with bits of its own and an exponent within the range.
    mutating func number(exponents: ClosedRange<Int>) -> Double {
        let exponent = exponents.lowerBound + integer(below: exponents.count)
        let sign: FloatingPointSign = integer(below: 2) == 0 ? .plus : .minus
        return Double(sign: sign, exponent: exponent, significand: 1 + uniform())
    }
}
