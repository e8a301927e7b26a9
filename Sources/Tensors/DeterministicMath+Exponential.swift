extension DeterministicMath {
    /// eˣ, within one unit in the last place where the result is a normal number; 0 far below that range, +∞ above it.
    ///
    /// fdlibm's `e_exp.c`: x = k·ln 2 + r with |r| ≤ ½ ln 2; with c = r − r²·P(r²), P being a minimax polynomial,
    /// eʳ = 1 + r + r·c/(2 − c), taken with r in two parts. x must not be NaN.
    package static func exp(_ x: Double) -> Double {
        precondition(!x.isNaN, "the exponential of NaN")
        guard x > -746 else { return 0 }
        guard x < 710 else { return .infinity }
        let k = (x * reciprocalOfLn2).rounded()
        let high = x - k * ln2High
        let low = k * ln2Low
        let r = high - low
        let z = r * r
        let c = r - z * polynomial(z)
        let result = 1 - ((low - (r * c) / (2 - c)) - high)
        // In two factors, because 2ᵏ by itself may be beyond the range of normal numbers when the result is not.
        let half = (k / 2).rounded(.down)
        return result * powerOfTwo(half) * powerOfTwo(k - half)
    }

    private static let reciprocalOfLn2 = 1.44269504088896338700e+00

    private static func polynomial(_ z: Double) -> Double {
        let high = -1.65339022054652515390e-06 + z * 4.13813679705723846039e-08
        let middle = -2.77777777770155933842e-03 + z * (6.61375632143793436117e-05 + z * high)
        return 1.66666666666666019037e-01 + z * middle
    }

    private static func powerOfTwo(_ exponent: Double) -> Double {
        Double(sign: .plus, exponent: Int(exponent), significand: 1)
    }
}
