extension CounterRandom.Draws {
    /// Normal with mean 0 and variance 1, by Marsaglia's polar method, which needs no function but log and root.
    package mutating func normal() -> Double {
        while true {
            let x = 2 * uniform() - 1
            let y = 2 * uniform() - 1
            let square = x * x + y * y
            if square > 0 && square < 1 {
                return x * (-2 * DeterministicMath.log(square) / square).squareRoot()
            }
        }
    }
}
