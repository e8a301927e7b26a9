/// Functions whose bits are the same on every machine: they use only + − × ÷ and bit operations, each rounded by
/// itself, where a system's library may differ from release to release.
package enum DeterministicMath {
    /// The natural logarithm of a positive finite number, within one unit in the last place.
    ///
    /// fdlibm's `e_log.c`: x = 2ᵏ·(1 + f) with √½ < 1 + f < √2; with s = f/(2 + f) and h = f²/2, log(1 + f) is
    /// f − (h − s·(h + R(s²))), R being a minimax polynomial; k·ln 2 is added in two parts.
    package static func log(_ x: Double) -> Double {
        precondition(x > 0 && x.isFinite, "the logarithm of \(x)")
        // Above √2 the significand is halved, so that f is as likely below zero as above.
        let isUpper = x.significand > 0x1.6a09e667f3bcdp0
        let k = Double(isUpper ? x.exponent + 1 : x.exponent)
        let f = (isUpper ? x.significand * 0.5 : x.significand) - 1
        let s = f / (2 + f)
        let z = s * s
        let halfSquare = 0.5 * f * f
        return k * ln2High - ((halfSquare - (s * (halfSquare + remainder(z)) + k * ln2Low)) - f)
    }

    /// ln 2 to 33 bits, so that k times it is exact, and what is missing.
    static let ln2High = 6.93147180369123816490e-01
    static let ln2Low = 1.90821492927058770002e-10

    private static func remainder(_ z: Double) -> Double {
        let w = z * z
        let even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
        let odd =
            z
            * (6.666666666666735130e-01
                + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)))
        return odd + even
    }
}
