import Tensors

/// How parameters follow their slopes; METHODS §1.4.
package enum Optimiser: Codable, Sendable, Equatable {
    case adam(rate: Float, beta1: Float, beta2: Float, weightDecay: Float = 0)
    case momentum(rate: Float, momentum: Float, weightDecay: Float = 0)

    /// The same with another rate.
    package func slower(by factor: Float) -> Optimiser {
        switch self {
        case .adam(let rate, let beta1, let beta2, let weightDecay):
            .adam(rate: rate / factor, beta1: beta1, beta2: beta2, weightDecay: weightDecay)
        case .momentum(let rate, let momentum, let weightDecay):
            .momentum(rate: rate / factor, momentum: momentum, weightDecay: weightDecay)
        }
    }

    /// TAC's: METHODS §4.1.
    package static let tac = Optimiser.adam(rate: 1e-3, beta1: 0.9, beta2: 0.99)
}

/// What the optimiser remembers of one head.
struct OptimiserState: Sendable, Equatable {
    /// Means of the slopes, or velocities.
    var means: [Float]
    /// Means of their squares; empty under momentum.
    var squares: [Float]

    init(_ optimiser: Optimiser, parameters: Int) {
        means = [Float](repeating: 0, count: parameters)
        squares = if case .adam = optimiser { means } else { [] }
    }

    /// - Parameter step: from 1.
    mutating func update(_ parameters: inout [Float], slopes: [Float], step: Int, by optimiser: Optimiser) {
        switch optimiser {
        case .adam(let rate, let beta1, let beta2, let weightDecay):
            parameters = ParameterUpdate.Adam(rate: rate, betas: (beta1, beta2), weightDecay: weightDecay)
                .updated(parameters, means: &means, squares: &squares, slopes: slopes, step: step)
        case .momentum(let rate, let momentum, let weightDecay):
            ParameterUpdate.Momentum(rate: rate, momentum: momentum, weightDecay: weightDecay)
                .update(&parameters, velocities: &means, slopes: slopes)
        }
    }
}

extension OptimiserState: ModelCoded {
    init(from reader: inout ModelReader) throws {
        means = try reader.readNumbers()
        squares = try reader.readNumbers()
    }

    func write(to writer: inout ModelWriter) {
        writer.write(numbers: means)
        writer.write(numbers: squares)
    }
}
