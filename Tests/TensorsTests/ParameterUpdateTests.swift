import Testing

@testable import Tensors

@Suite struct ParameterUpdateTests {
    @Test func `Adam follows its formula`() {
        let adam = ParameterUpdate.Adam(rate: 1e-3, betas: (0.9, 0.99), weightDecay: 0.1)
        var (parameters, means, squares): ([Float], [Float], [Float]) = ([1, -2, 0.5], [0, 0, 0], [0, 0, 0])
        var expected: [(Double, Double, Double)] = [(1, 0, 0), (-2, 0, 0), (0.5, 0, 0)]
        for step in 1...5 {
            let slopes: [Float] = [0.3, -1, 1e-4 * Float(step)]
            parameters = adam.updated(parameters, means: &means, squares: &squares, slopes: slopes, step: step)
            for (index, slope) in slopes.enumerated() {
                var (theta, m, v) = expected[index]
                let g = Double(slope) + 0.1 * theta
                m = 0.9 * m + 0.1 * g
                v = 0.99 * v + 0.01 * g * g
                var (first, second) = (1.0, 1.0)
                for _ in 0..<step { (first, second) = (first * 0.9, second * 0.99) }
                theta -= 1e-3 * (m / (1 - first)) / ((v / (1 - second)).squareRoot() + 1e-8)
                expected[index] = (theta, m, v)
                #expect(abs(Double(parameters[index]) - theta) < 1e-6)
            }
        }
    }

    @Test func `Adam updates many elements as it does each by itself`() {
        let count = 150_000
        let adam = ParameterUpdate.Adam(rate: 1e-3, betas: (0.9, 0.99))
        let slopes = (0..<count).map { Float($0 % 1009) / 500 - 1 }
        var parameters = (0..<count).map { Float($0 % 677) / 300 }
        var (means, squares) = (slopes, slopes.map { $0 * $0 })
        let places = [0, 1, 65_535, 65_536, 100_000, 131_071, 131_072, count - 1]
        let before = places.map { (parameters[$0], means[$0], squares[$0]) }
        parameters = adam.updated(parameters, means: &means, squares: &squares, slopes: slopes, step: 3)
        for (place, (parameter, mean, square)) in zip(places, before) {
            var (own, ownMean, ownSquare) = ([parameter], [mean], [square])
            own = adam.updated(own, means: &ownMean, squares: &ownSquare, slopes: [slopes[place]], step: 3)
            #expect(own == [parameters[place]] && ownMean == [means[place]] && ownSquare == [squares[place]])
            #expect(own != [parameter])
        }
    }

    @Test func `Momentum follows its formula`() {
        let momentum = ParameterUpdate.Momentum(rate: 0.1, momentum: 0.5, weightDecay: 0)
        var (parameters, velocities): ([Float], [Float]) = ([1, 2], [0, 0])
        momentum.update(&parameters, velocities: &velocities, slopes: [1, -2])
        #expect(velocities == [1, -2] && parameters == [1 - Float(0.1), 2 + Float(0.1) * 2])
        momentum.update(&parameters, velocities: &velocities, slopes: [0, 0])
        #expect(velocities == [0.5, -1])
    }
}
