import Glibc

/// How far a proposed score can be from the score in float64 that decides; the derivation is in `CertifiedLabels` of this
/// module's documentation, whose symbols these are.
struct CertificationBound: Sendable {
    /// Rows longer than this are decided in float64 alone.
    static let mostColumns = 1 << 20

    /// κ: relative to ‖y‖·‖b‖, the error of a float32 score.
    let product: Double
    /// g: relative to (‖y‖ + 2‖o‖)·(‖b‖ + 2‖o‖), that of computing in Double.
    let tail: Double
    /// What underflow can add, of products in float32 and of products of 16 bits times their steps.
    let least: Double

    /// - Parameter columns: d.
    init(columns: Int) {
        let terms = Double(columns + 8) * 0x1p-24
        tail = Double(columns + 64) * 0x1p-53
        product = columns <= Self.mostColumns ? terms / (1 - terms) + 2 * tail : .infinity
        least = Double(columns) * 0x1p-110
    }

    /// mⱼ: the share of the error that belongs to a centroid.
    /// - Parameters:
    ///   - square: ‖b‖², of the shifted centroid.
    ///   - base: h, what the score has besides the product.
    ///   - originNorm: ‖o‖.
    func margin(square: Double, base: Double, originNorm: Double) -> Double {
        let reach = 2.1 * square.squareRoot() + 2 * originNorm
        // Beyond, a float32 product could overflow.
        guard square <= 0x1p124 else { return .infinity }
        return 0.5 * 1.001 * product * square + 8 * 0x1p-24 * abs(base) + 0.5 * tail * reach * reach
    }

    /// What a row's margin is in proportion to ‖y‖², which the kernel gives to within a hundredth.
    var squareMargin: Double { 0.5 * 1.02 * product }
}
