package import Tensors

/// An array with its name and shape, as it travels between the halves of a program.
package struct NamedArray: Sendable, Equatable {
    package enum Values: Sendable, Equatable {
        case float32([Float])
        case float64([Double])
        case int32([Int32])
        case int64([Int64])

        package var count: Int {
            switch self {
            case .float32(let values): values.count
            case .float64(let values): values.count
            case .int32(let values): values.count
            case .int64(let values): values.count
            }
        }
    }

    package var name: String
    /// Row-major; its product is the number of values.
    package var shape: [Int]
    package var values: Values

    package init(_ name: String, shape: [Int], _ values: Values) {
        precondition(shape.reduce(1, *) == values.count, "\(name): \(values.count) values in the shape \(shape)")
        self.name = name
        self.shape = shape
        self.values = values
    }

    package init(_ name: String, _ matrix: Matrix) {
        self.init(name, shape: [matrix.rows, matrix.columns], .float32(matrix.values))
    }

    package init(_ name: String, _ values: [Double]) {
        self.init(name, shape: [values.count], .float64(values))
    }

    package init(_ name: String, _ values: [Int64]) {
        self.init(name, shape: [values.count], .int64(values))
    }

    package init(_ name: String, _ values: [Int32]) {
        self.init(name, shape: [values.count], .int32(values))
    }
}

// What a program expects is checked here, since the array may come from a peer.
extension NamedArray {
    package func matrix() throws(ClusteringError) -> Matrix {
        guard case .float32(let values) = values, shape.count == 2 else { throw unexpected("a matrix of float32") }
        return Matrix(rows: shape[0], columns: shape[1], values: values)
    }

    package func floats(count: Int? = nil) throws(ClusteringError) -> [Float] {
        guard case .float32(let values) = values, count == nil || values.count == count else {
            throw unexpected("\(count.map(String.init) ?? "") float32")
        }
        return values
    }

    package func doubles(count: Int? = nil) throws(ClusteringError) -> [Double] {
        guard case .float64(let values) = values, count == nil || values.count == count else {
            throw unexpected("\(count.map(String.init) ?? "") float64")
        }
        return values
    }

    package func integers(count: Int? = nil) throws(ClusteringError) -> [Int64] {
        guard case .int64(let values) = values, count == nil || values.count == count else {
            throw unexpected("\(count.map(String.init) ?? "") int64")
        }
        return values
    }

    private func unexpected(_ what: String) -> ClusteringError {
        ClusteringError(
            .internalError,
            "array not as expected: \(name) of shape \(shape) instead of \(what); run the same version everywhere"
        )
    }
}
