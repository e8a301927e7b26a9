import Foundation
import Testing

@testable import Tensors

@Suite struct SoftmaxTests {
    private static func logits(_ count: Int, scale: Double) -> [Float] {
        let random = CounterRandom(seed: 5, purpose: .init(code: 1))
        return (0..<count).map { index in
            var draws = random.draws(forRow: UInt64(index))
            return Float(scale * (2 * draws.uniform() - 1))
        }
    }

    @Test(arguments: [1, 10, 16, 37], [1.0, 50.0])
    func `Probabilities are near those in Double`(columns: Int, scale: Double) {
        let logits = Self.logits(6 * columns, scale: scale)
        var values = logits
        var span = values.mutableSpan
        let sums = Softmax.apply(to: &span, columns: columns)
        for row in 0..<6 {
            let given = logits[row * columns..<(row + 1) * columns].map(Double.init)
            let total = given.map { exp($0) }.reduce(0, +)
            for column in 0..<columns {
                let wanted = exp(given[column]) / total
                // The difference from the greatest logit is rounded to float32 before its exponential is taken.
                let relative = 4e-7 + 0x1p-24 * abs(given[column] - (given.max() ?? 0))
                #expect(abs(Double(values[row * columns + column]) - wanted) <= relative * wanted + 1e-37)
            }
            let logarithm = Double(sums.maxima[row]) + log(Double(sums.totals[row]))
            #expect(abs(logarithm - log(total)) < 1e-5)
        }
    }

    @Test func `A logit of minus infinity takes no part`() {
        var values: [Float] = [0, -.infinity, 0, -200]
        var span = values.mutableSpan
        Softmax.apply(to: &span, columns: 4)
        #expect(values == [0.5, 0, 0.5, 0])
    }

    @Test(arguments: InstructionSet.available)
    func `Instruction sets agree bit for bit`(set: InstructionSet) {
        let logits = Self.logits(5 * 37, scale: 30)
        func run(_ set: InstructionSet) -> [Float] {
            var values = logits
            var span = values.mutableSpan
            let sums = Softmax.apply(to: &span, columns: 37, using: set)
            let p = values
            var slopes = logits
            var slopeSpan = slopes.mutableSpan
            let factors = [Float](repeating: 0.3, count: 5)
            let offsets = Array(logits[..<37])
            Softmax.propagate(
                &slopeSpan,
                through: p.span,
                offsets: offsets.span,
                factors: factors.span,
                other: p.span,
                using: set
            )
            return values + sums.maxima + sums.totals + slopes
        }
        #expect(run(set).map(\.bitPattern) == run(.portable).map(\.bitPattern))
    }
}
