/// The rule by which bounded values are summed exactly in Double, so that no order of additions changes a bit.
///
/// Every addend is rounded once, to a multiple of the quantum q; additions after that are exact. Why: with B the bound
/// and T the number of terms, both raised to powers of two (T to 2 at least), q = T·B / 2⁵². A rounded addend is at
/// most B, which is itself a multiple of q, so whatever terms have been added or taken away, in whatever order, the
/// total is a multiple of q no greater than T·B = 2⁵²·q, and Double holds every integer up to 2⁵³.
///
/// Rounding is (x + M) − M with M = 1.5·2⁵²·q: since |x| ≤ B ≤ 2⁵¹·q, the sum x + M lies in [2⁵²·q, 2⁵³·q], where
/// Double's spacing is q, so the addition rounds to a multiple of q (ties to even) and the subtraction is exact.
///
/// float16 values are multiples of 2⁻²⁴. With the bounds and sizes that occur (unit rows, up to 2²⁸ of them) q is finer
/// than that, and rounding changes nothing.
package struct FixedPoint: Sendable, Equatable {
    /// The spacing of the sums: a power of two.
    package let quantum: Double
    /// The greatest |x| that may be added: the bound asked for, raised to a power of two.
    package let bound: Double
    /// M in the rounding (x + M) − M.
    let magic: Double

    /// - Parameters:
    ///   - bound: no addend is greater in magnitude; 0 counts as 1, since every quantum suits zeros.
    ///   - terms: no more than this many addends ever meet in one total; at least 1.
    /// - Throws: `TensorError.Code.boundOutOfRange` for a bound that is negative, not finite, or so near the ends of
    ///   Double's range (2^±900) that the quantum or the totals would leave it.
    package init(bound: Double, terms: Int) throws(TensorError) {
        precondition(terms >= 1, "a sum of \(terms) terms")
        let limit = bound == 0 ? 1 : bound
        guard limit >= 0x1p-900 && limit <= 0x1p+900 else {
            throw TensorError(
                .boundOutOfRange,
                "values cannot be summed exactly: their bound is \(bound); scale the data to ordinary magnitudes"
            )
        }
        self.bound = Self.raisedToPowerOfTwo(limit)
        quantum = self.bound * Self.raisedToPowerOfTwo(Double(max(terms, 2))) * 0x1p-52
        magic = 1.5 * 0x1p52 * quantum
    }

    /// x to the nearest multiple of the quantum, ties to the even one.
    ///
    /// |x| must not exceed the bound.
    package func round(_ x: Double) -> Double {
        precondition(abs(x) <= bound, "\(x) exceeds the bound \(bound) of an exact sum")
        return (x + magic) - magic
    }

    /// Whether a total could have come from exact sums: a multiple of the quantum, no greater than 2⁵² quanta.
    package func admits(total: Double) -> Bool {
        let quanta = total / quantum
        return abs(quanta) <= 0x1p52 && quanta == quanta.rounded()
    }

    private static func raisedToPowerOfTwo(_ x: Double) -> Double {
        x.significand == 1 ? x : x.binade * 2
    }
}
