import Tensors

/// The softmax of one noun over the centres: π_l = exp(c_l·u/τ) / Σ exp(c_m·u/τ), in Double.
struct NounPosterior {
    /// argmax π; the lowest of equals.
    let centre: Int
    /// exp of every logit less the greatest; 1 at `centre`.
    private let weights: [Double]
    private let total: Double

    /// - Parameter similarities: c_l·u for every centre; at least one.
    init(_ similarities: [Double], temperature: Double) {
        var centre = 0
        for (index, similarity) in similarities.enumerated() where similarity > similarities[centre] { centre = index }
        let greatest = similarities[centre]
        self.centre = centre
        weights = similarities.map { DeterministicMath.exp(($0 - greatest) / temperature) }
        total = weights.reduce(0, +)
    }

    /// max π.
    var confidence: Double { 1 / total }

    /// The entry-wise p-norm of the gradient, by the centres, of the cross-entropy between this posterior and its own
    /// argmax, times the temperature and divided by ‖u‖_p: that is ‖π − y‖_p; METHODS §2.4.
    ///
    /// With π* = max π it is (Σ_{l≠*} π_lᵖ + (1 − π*)ᵖ)^{1/p}, in which 1 − π* is taken as the sum of the others, so that
    /// nothing cancels.
    func gradientNorm(power: Double) -> Double {
        var others = 0.0
        var sum = 0.0
        for (index, weight) in weights.enumerated() where index != centre {
            let probability = weight / total
            others += probability
            sum += Self.raise(probability, to: power)
        }
        return Self.raise(sum + Self.raise(others, to: power), to: 1 / power)
    }

    /// ‖u‖_p.
    static func norm(of noun: Span<Float>, power: Double) -> Double {
        var sum = 0.0
        for index in noun.indices { sum += raise(abs(Double(noun[index])), to: power) }
        return raise(sum, to: 1 / power)
    }

    private static func raise(_ number: Double, to power: Double) -> Double {
        if power == 1 { return number }
        if power == 2 { return number * number }
        if power == 0.5 { return number.squareRoot() }
        return number > 0 ? DeterministicMath.exp(power * DeterministicMath.log(number)) : 0
    }
}
