/// The rule by which values of any scale are summed as integers, so that no order of additions changes a bit.
///
/// **Levels.** A value is cut into a multiple of a quantum q₀, what is left of it into one of a finer quantum q₁, and so
/// on; the multiples are added as Int64, level by level. With B the bound and T the number of terms, both raised to
/// powers of two, q₀ = B·2⁻ᵍ, where g = 62 − log₂ T but no more than 50. What rounding to q₀ leaves is at most q₀/2,
/// which bounds the next level: q₁ = q₀·2⁻⁽ᵍ⁺¹⁾, and so on for each level.
///
/// **Cutting.** n = bits(v + M) − bits(M) and the rest v − ((v + M) − M), with M = 1.5·2⁵²·q. Since |v| ≤ B ≤ 2⁵⁰·q, the
/// sum v + M lies in [2⁵²·q, 2⁵³·q], where the spacing of doubles is q. So the addition rounds v to the multiple n·q (ties
/// to even), consecutive bit patterns are consecutive multiples, (v + M) − M is n·q exactly, and what is left is exact
/// too: it is a multiple of the last bit of v, and smaller than v or than q.
///
/// **Why no addition rounds.** |n| ≤ 2ᵍ, or a little more where a value exceeds the bound by rounding, so that T of them
/// stay near 2⁶² at most, and Int64 holds them with room to spare.
///
/// **Why nothing is lost.** The quanta grow finer until one is no greater than the least bit that any value has. What
/// reaches that level is a multiple of its quantum, and nothing is left. So each total, the levels taken together, is the
/// sum of the values themselves, and values that differ by any power of ten do not disturb each other.
///
/// **Rounded values.** Values that were rounded when they were made, such as those of unit rows, have some bits in every
/// place, which would take every row through several levels for nothing. For them what is left of a value at a level is
/// rounded off where the value is 2²³ quanta or more, so that each is kept to 24 significant bits at least. It is decided
/// by the value alone, so sums still depend on no order.
package struct SumRule: Sendable, Equatable {
    /// The greatest |v| that may be added, give or take rounding: a power of two.
    package let bound: Double
    /// No value has a bit below this power of two, or none that is wanted.
    package let leastBit: Double
    /// No more than so many values meet in one total: a power of two.
    package let terms: Int
    /// Whether small bits of great values are rounded off.
    package let isRounded: Bool
    /// How many levels there are, at least 1.
    let levels: Int
    /// g: a level's bound is 2ᵍ quanta.
    private let bits: Int

    /// - Parameters:
    ///   - bound: no value is greater in magnitude; 0 counts as 1, since every quantum suits zeros.
    ///   - leastBit: what every value is a multiple of. It must be positive; what is not a power of two is lowered to one.
    ///   - terms: no more than this many values ever meet in one total: 1 to 2³⁸.
    ///   - isRounded: whether values hold bits without meaning, which need not be kept.
    /// - Throws: `TensorError.Code.boundOutOfRange` for a bound that is negative, not finite or above 2⁹⁰⁰, where the
    ///   totals would leave Double's range.
    package init(bound: Double, leastBit: Double, terms: Int, isRounded: Bool = false) throws(TensorError) {
        precondition(1...(1 << 38) ~= terms && leastBit > 0, "a sum of \(terms) terms to \(leastBit)")
        guard 0...0x1p900 ~= bound else {
            throw TensorError(
                .boundOutOfRange,
                "values cannot be summed exactly: their bound is \(bound); scale the data to ordinary magnitudes"
            )
        }
        let termBits = terms == 1 ? 0 : Int.bitWidth - (terms - 1).leadingZeroBitCount
        let limit = max(bound == 0 ? 1 : bound, 0x1p-900)
        self.bound = limit.significand == 1 ? limit : limit.binade * 2
        self.leastBit = max(leastBit.binade, .leastNonzeroMagnitude)
        self.terms = 1 << termBits
        self.isRounded = isRounded
        bits = min(50, 62 - termBits)
        let range = Int(self.bound.exponent) - Int(self.leastBit.exponent)
        levels = max(1, (range + 1 + bits) / (bits + 1))
    }

    /// The rule for sums of weighted values, and of the weights themselves, which lose nothing: a product is added as the
    /// nearest Double and what is missing from it.
    ///
    /// Values that this rule would round are rounded by it first, so that a weight of n adds what n equal values would.
    /// - Parameters:
    ///   - greatest: of the weights.
    ///   - leastBit: what every weight is a multiple of.
    ///   - terms: how many weighted values meet in one total at most.
    /// - Throws: as `init`.
    package func weighted(greatest: Double, leastBit least: Double, terms: Int) throws(TensorError) -> SumRule {
        let leastOfValues = isRounded ? quantum(ofLevel: levels - 1) : leastBit
        return try SumRule(
            bound: max(bound, 1) * greatest,
            leastBit: max(min(leastOfValues, 1) * least.binade, .leastNonzeroMagnitude),
            terms: 2 * terms
        )
    }

    /// The exponent of a level's quantum; no finer than Double itself is.
    func exponent(ofLevel level: Int) -> Int {
        max(Int(bound.exponent) - bits - level * (bits + 1), -1074)
    }

    func quantum(ofLevel level: Int) -> Double {
        Double(sign: .plus, exponent: exponent(ofLevel: level), significand: 1)
    }

    /// M of a level.
    func magic(ofLevel level: Int) -> Double { 0x1.8p52 * quantum(ofLevel: level) }

    /// Of what is at least so large, nothing is left by a level.
    func limit(ofLevel level: Int) -> Double {
        isRounded ? 0x1p23 * quantum(ofLevel: level) : .infinity
    }

    /// The quanta of a value at a level, and what goes on to the next.
    func cut(_ value: Double, atLevel level: Int) -> (quanta: Int64, rest: Double) {
        let magic = magic(ofLevel: level)
        let shifted = value + magic
        let quanta = Int64(bitPattern: shifted.bitPattern) - Int64(bitPattern: magic.bitPattern)
        return (quanta, abs(value) < limit(ofLevel: level) ? value - (shifted - magic) : 0)
    }

    /// Whether so many values can have left this in a total of one level.
    func admits(_ quanta: Int64) -> Bool { quanta.magnitude <= 5 << 60 }
}
