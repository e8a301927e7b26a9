import Glibc
import Testing

@testable import Tensors

@Suite struct DeterministicExponentialTests {
    @Test func `The exponential is within one unit in the last place of the system's`() {
        var draws = CounterRandom(seed: 8, purpose: SampleRows.purpose).draws(forRow: 0)
        for step in 0..<30_000 {
            let scale = [700, 40, 1, 1e-6][step % 4]
            let x = (draws.uniform() * 2 - 1) * scale
            let expected = Glibc.exp(x)
            #expect(abs(DeterministicMath.exp(x) - expected) <= expected.ulp)
        }
    }

    @Test(arguments: [-708, -0.34657359027997264, 0.34657359027997264, 0.5, -1, 1, 709.7, 0x1p-60])
    func `The seams of its range are right`(x: Double) {
        let expected = Glibc.exp(x)
        #expect(abs(DeterministicMath.exp(x) - expected) <= expected.ulp)
    }

    @Test func `Beyond the range there is nothing or infinity`() {
        #expect(DeterministicMath.exp(0) == 1)
        #expect(DeterministicMath.exp(-.infinity) == 0 && DeterministicMath.exp(-800) == 0)
        #expect(DeterministicMath.exp(.infinity) == .infinity && DeterministicMath.exp(709.9) == .infinity)
        #expect(abs(DeterministicMath.exp(-740) - Glibc.exp(-740)) <= 2 * .leastNonzeroMagnitude)
    }
}
