package import Tensors

/// An exact sum of numbers, by the rule of `FixedPoint`.
package struct ExactTotal: Sendable, Equatable {
    package let fixedPoint: FixedPoint
    package private(set) var value: Double = 0

    package init(_ fixedPoint: FixedPoint) {
        self.fixedPoint = fixedPoint
    }

    /// A total made elsewhere.
    /// - Throws: `ClusteringError.Code.internalError` where it cannot have come from exact sums.
    package init(_ fixedPoint: FixedPoint, value: Double) throws(ClusteringError) {
        guard fixedPoint.admits(total: value) else {
            throw ClusteringError(.internalError, "total is not exact: \(value); run the same version everywhere")
        }
        self.fixedPoint = fixedPoint
        self.value = value
    }

    /// Adds one number; its magnitude must not exceed the bound.
    package mutating func add(_ number: Double) {
        value += fixedPoint.round(number)
    }

    package mutating func merge(_ other: ExactTotal) {
        precondition(fixedPoint == other.fixedPoint, "totals of different quantum cannot be merged")
        value += other.value
    }
}
