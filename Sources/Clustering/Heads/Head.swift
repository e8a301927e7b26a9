import Tensors

/// A clustering head: its parameters and the running buffers of its normalisation.
package struct Head: Sendable, Equatable {
    /// Such as `image`.
    package let name: String
    package let shape: HeadShape
    /// In the order of `HeadShape`.
    package internal(set) var parameters: [Float]
    /// Of the first layer's outputs, as PyTorch keeps them; empty for a linear head.
    package internal(set) var runningMeans: [Float]
    package internal(set) var runningVariances: [Float]

    package init(
        name: String,
        shape: HeadShape,
        parameters: [Float],
        runningMeans: [Float],
        runningVariances: [Float]
    ) {
        precondition(
            parameters.count == shape.parameterCount && runningMeans.count == shape.width
                && runningVariances.count == shape.width,
            "a head of \(shape) with \(parameters.count) parameters"
        )
        self.name = name
        self.shape = shape
        self.parameters = parameters
        self.runningMeans = runningMeans
        self.runningVariances = runningVariances
    }

    /// The same head under another name.
    package func named(_ name: String) -> Head {
        Head(
            name: name,
            shape: shape,
            parameters: parameters,
            runningMeans: runningMeans,
            runningVariances: runningVariances
        )
    }

    /// A variance is never taken to be smaller.
    static let epsilon = 1e-5
    /// What a new batch counts in the running buffers.
    private static let momentum = 0.1

    /// Takes a batch's moments into the running buffers; METHODS §1.3.
    /// - Parameter variances: of the batch itself, divided by `count`.
    mutating func record(means: [Double], variances: [Double], count: Int) {
        let correction = Double(count) / Double(max(count - 1, 1))
        for feature in runningMeans.indices {
            // What the workers sum is without the bias, which a normalisation takes away again.
            let mean = means[feature] + Double(parameters[shape.firstBias.lowerBound + feature])
            runningMeans[feature] = Self.blend(runningMeans[feature], mean)
            runningVariances[feature] = Self.blend(runningVariances[feature], variances[feature] * correction)
        }
    }

    private static func blend(_ old: Float, _ new: Double) -> Float {
        Float((1 - momentum) * Double(old) + momentum * new)
    }
}

extension Head {
    static let initialisation = CounterRandom.Purpose(code: 0x4845_4144)

    /// A head before its training: weights normal with a deviation of 0.02, biases uniform within 1/√inputs; METHODS §4.1.
    /// - Parameter number: heads of one seed differ by it.
    package init(name: String, shape: HeadShape, seed: UInt64, number: Int) {
        let random = CounterRandom(seed: seed, purpose: Self.initialisation, round: UInt64(number))
        var parameters = [Float](repeating: 0, count: shape.parameterCount)
        for index in parameters.indices {
            var draws = random.draws(forRow: UInt64(index))
            if shape.firstWeights.contains(index) || shape.lastWeights.contains(index) {
                parameters[index] = Float(0.02 * draws.normal())
            } else if shape.gains.contains(index) {
                parameters[index] = 1
            } else if !shape.shifts.contains(index) {
                let fanIn = shape.firstBias.contains(index) ? shape.inputs : shape.features
                parameters[index] = Float((2 * draws.uniform() - 1) / Double(fanIn).squareRoot())
            }
        }
        self.init(
            name: name,
            shape: shape,
            parameters: parameters,
            runningMeans: [Float](repeating: 0, count: shape.width),
            runningVariances: [Float](repeating: 1, count: shape.width)
        )
    }
}
