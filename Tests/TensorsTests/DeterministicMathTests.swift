import Glibc
import Testing

@testable import Tensors

@Suite struct DeterministicMathTests {
    @Test func `The logarithm is within one unit in the last place of the system's`() {
        var draws = CounterRandom(seed: 6, purpose: SampleRows.purpose).draws(forRow: 0)
        for step in 0..<30_000 {
            let scale = step.isMultiple(of: 2) ? 1 : Double(sign: .plus, exponent: step % 2000 - 1000, significand: 1)
            let x = draws.uniform() * scale
            let expected = Glibc.log(x)
            #expect(abs(DeterministicMath.log(x) - expected) <= expected.ulp)
        }
    }

    @Test(arguments: [
        0x1p-53, 1 - 0x1p-53, 1 + 0x1p-52, 0.7071067811865475, 0.7071067811865476, 1.414213562373095,
        1.4142135623730951, 2, 10, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude,
    ])
    func `The ends and seams of its range are right`(x: Double) {
        let expected = Glibc.log(x)
        #expect(abs(DeterministicMath.log(x) - expected) <= expected.ulp)
    }

    @Test func `The logarithm of one is zero`() {
        #expect(DeterministicMath.log(1) == 0)
    }
}
