// What the totals are, their levels taken together.

extension FixedPointSums {
    /// The total of each column of a cluster, correctly rounded.
    package func totals(of cluster: Int) -> [Double] {
        (cluster * columns..<(cluster + 1) * columns).map(total)
    }

    /// The mean of each column over the rows of a cluster, within one unit in the last place of the exact one; nil where it
    /// has none.
    ///
    /// The total is rounded once and the quotient once, so the bits follow from the exact total alone.
    package func mean(of cluster: Int) -> [Double]? {
        let count = counts[cluster]
        return count > 0 ? totals(of: cluster).map { $0 / Double(count) } : nil
    }

    private func total(at cell: Int) -> Double {
        let isFine = levels.indices.dropFirst().contains { !levels[$0].isEmpty && levels[$0][cell] != 0 }
        guard isFine else { return Double(levels[0][cell]) * rule.quantum(ofLevel: 0) }
        let digits = levels.map { $0.isEmpty ? 0 : $0[cell] }
        let total = carried(digits)
        // A number below zero is rounded as its negative is, whose digits but the first are digits proper as well.
        return total[0] < 0 ? -rounded(carried(digits.map { 0 &- $0 })) : rounded(total)
    }

    /// The same number with every digit but the first from 0 to what makes one of the digit before it.
    private func carried(_ digits: [Int64]) -> [Int64] {
        var digits = digits
        for level in digits.indices.dropFirst().reversed() {
            let width = Int64(rule.exponent(ofLevel: level - 1) - rule.exponent(ofLevel: level))
            digits[level - 1] &+= digits[level] >> width
            digits[level] &= (1 << width) - 1
        }
        return digits
    }

    /// Digits that none is carried of, the first not negative, to the nearest Double, ties to even.
    private func rounded(_ digits: [Int64]) -> Double {
        // Digits until the next has no room; then there are 77 bits or more, and of the rest it matters only whether there is
        // any.
        var number = UInt128(digits[0])
        var exponent = rule.exponent(ofLevel: 0)
        for level in digits.indices.dropFirst() {
            let next = rule.exponent(ofLevel: level)
            guard exponent - next < number.leadingZeroBitCount else {
                if digits[level...].contains(where: { $0 != 0 }) { number |= 1 }
                break
            }
            number = number << UInt128(exponent - next) | UInt128(digits[level])
            exponent = next
        }
        return Double(sign: .plus, exponent: exponent, significand: Double(number))
    }
}
