import Tensors

// A head as one array, to be sent to workers: its sizes, then parameters and buffers.
extension Head {
    var array: NamedArray {
        let sizes = [shape.inputs, shape.width, shape.clusters].map { Float($0) }
        let values = sizes + parameters + runningMeans + runningVariances
        return NamedArray(HeadLabelling.parameterName, shape: [values.count], .float32(values))
    }

    /// - Throws: `ClusteringError.Code.internalError` where the array is no head.
    init(_ array: NamedArray) throws(ClusteringError) {
        let values = try array.floats()
        let sizes = values.prefix(3).map { Int(exactly: $0) ?? 0 }
        // Sizes beyond these are not exact in a float32.
        guard sizes.count == 3, sizes.allSatisfy({ 0..<1 << 24 ~= $0 }), sizes[0] >= 1, sizes[2] >= 1 else {
            throw Self.malformed
        }
        let shape = HeadShape(inputs: sizes[0], hidden: sizes[1] == 0 ? nil : sizes[1], clusters: sizes[2])
        let means = 3 + shape.parameterCount
        guard values.count == means + 2 * shape.width else { throw Self.malformed }
        self.init(
            name: "head",
            shape: shape,
            parameters: Array(values[3..<means]),
            runningMeans: Array(values[means..<means + shape.width]),
            runningVariances: Array(values[(means + shape.width)...])
        )
    }

    static let malformed = ClusteringError(
        .internalError,
        "head not as expected: labelling; run the same version of coterie everywhere"
    )
}
