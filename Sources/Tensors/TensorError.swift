/// Something asked of this module that it cannot do, said as the user will read it.
package struct TensorError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// `COTERIE_KERNEL` names no kernel, or one that this processor does not run.
        case kernelUnavailable
        /// Values of this size cannot be summed exactly.
        case boundOutOfRange
        /// Sums made elsewhere break the rule that makes them exact.
        case sumsInexact
        /// A row that has no neighbours by the metric asked for.
        case rowUnusable
        /// Neighbour lists made elsewhere that no search could have found.
        case listsMalformed
    }

    package let code: Code
    /// `<what>: <where>; <what to do>`, one line.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
