import CKernels
import Dispatch

/// Where the numbers of one step of Adam lie, all as many.
@safe  // Unchecked because of its pointers: threads get parts of the arrays that do not overlap.
private struct AdamArrays: @unchecked Sendable {
    /// Elements that a thread takes at a time; fewer are not worth one.
    private static let part = 1 << 16

    private let parameters: UnsafeBufferPointer<Float>
    private let updated: UnsafeMutableBufferPointer<Float>
    private let means: UnsafeMutableBufferPointer<Float>
    private let squares: UnsafeMutableBufferPointer<Float>
    private let slopes: UnsafeBufferPointer<Float>

    init(
        _ parameters: UnsafeBufferPointer<Float>,
        _ updated: UnsafeMutableBufferPointer<Float>,
        _ means: UnsafeMutableBufferPointer<Float>,
        _ squares: UnsafeMutableBufferPointer<Float>,
        _ slopes: UnsafeBufferPointer<Float>
    ) {
        unsafe self.parameters = parameters
        unsafe self.updated = updated
        unsafe self.means = means
        unsafe self.squares = squares
        unsafe self.slopes = slopes
    }

    func update(by step: ck_adam_step) {
        let count = unsafe parameters.count
        DispatchQueue.concurrentPerform(iterations: (count + Self.part - 1) / Self.part) { number in
            let range = number * Self.part..<min((number + 1) * Self.part, count)
            unsafe ck_adam(
                parameters.extracting(range).baseAddress,
                updated.extracting(range).baseAddress,
                means.extracting(range).baseAddress,
                squares.extracting(range).baseAddress,
                slopes.extracting(range).baseAddress,
                range.count,
                step,
                InstructionSet.best.kernelArgument
            )
        }
    }
}

/// Optimiser steps, each element by itself: the bits are the same on every machine, and whichever thread does which.
package enum ParameterUpdate {
    /// One step of Adam (Kingma & Ba 2015), as PyTorch counts it: the weight decay is added to the slope, and ε to the
    /// root after its correction.
    package struct Adam: Sendable {
        package var rate: Float
        package var betas: (Float, Float)
        package var epsilon: Float
        package var weightDecay: Float

        package init(rate: Float, betas: (Float, Float), epsilon: Float = 1e-8, weightDecay: Float = 0) {
            self.rate = rate
            self.betas = betas
            self.epsilon = epsilon
            self.weightDecay = weightDecay
        }

        /// - Parameter step: from 1.
        /// - Returns: the parameters after the step: those before it are often held by somebody else.
        package func updated(
            _ parameters: [Float],
            means: inout [Float],
            squares: inout [Float],
            slopes: [Float],
            step: Int
        ) -> [Float] {
            let count = parameters.count
            precondition(means.count == count && squares.count == count && slopes.count == count, "shapes differ")
            let arguments = ck_adam_step(
                rate: Float(Double(rate) / (1 - Self.power(Double(betas.0), step))),
                beta1: betas.0,
                beta2: betas.1,
                square_scale: Float(1 / (1 - Self.power(Double(betas.1), step)).squareRoot()),
                epsilon: epsilon,
                weight_decay: weightDecay
            )
            return unsafe [Float](unsafeUninitializedCapacity: count) { updated, initialised in
                unsafe parameters.withUnsafeBufferPointer { parameters in
                    unsafe means.withUnsafeMutableBufferPointer { means in
                        unsafe squares.withUnsafeMutableBufferPointer { squares in
                            unsafe slopes.withUnsafeBufferPointer { slopes in
                                unsafe AdamArrays(parameters, updated, means, squares, slopes).update(by: arguments)
                            }
                        }
                    }
                }
                initialised = count
            }
        }

        /// By squaring, since a library's `pow` may differ from release to release.
        private static func power(_ base: Double, _ exponent: Int) -> Double {
            var result = 1.0
            var square = base
            var rest = exponent
            while rest > 0 {
                if !rest.isMultiple(of: 2) { result *= square }
                square *= square
                rest /= 2
            }
            return result
        }
    }

    /// One step of gradient descent with momentum: v ← momentum·v + slope, parameter ← parameter − rate·v.
    package struct Momentum: Sendable {
        package var rate: Float
        package var momentum: Float
        package var weightDecay: Float

        package init(rate: Float, momentum: Float, weightDecay: Float = 0) {
            self.rate = rate
            self.momentum = momentum
            self.weightDecay = weightDecay
        }

        package func update(_ parameters: inout [Float], velocities: inout [Float], slopes: [Float]) {
            let count = parameters.count
            precondition(velocities.count == count && slopes.count == count, "shapes differ")
            unsafe parameters.withUnsafeMutableBufferPointer { parameters in
                unsafe velocities.withUnsafeMutableBufferPointer { velocities in
                    unsafe slopes.withUnsafeBufferPointer { slopes in
                        unsafe ck_momentum(
                            parameters.baseAddress,
                            velocities.baseAddress,
                            slopes.baseAddress,
                            count,
                            rate,
                            momentum,
                            weightDecay,
                            InstructionSet.best.kernelArgument
                        )
                    }
                }
            }
        }
    }
}
