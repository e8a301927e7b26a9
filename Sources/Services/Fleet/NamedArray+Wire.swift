import Clustering
import Wire

// Programs speak of arrays, the wire of tensors; neither module knows the other.

extension WireTensor {
    init(_ array: NamedArray) {
        let numbers: WireNumbers =
            switch array.values {
            case .float32(let values): .float32(values)
            case .float64(let values): .float64(values)
            case .int32(let values): .int32(values)
            case .int64(let values): .int64(values)
            }
        self.init(name: array.name, shape: array.shape, numbers)
    }
}

extension NamedArray {
    /// - Throws: `ClusteringError` for a kind of element that no program uses.
    init(_ tensor: WireTensor) throws {
        switch tensor.numbers {
        case .float32(let values): self.init(tensor.name, shape: tensor.shape, .float32(values))
        case .float64(let values): self.init(tensor.name, shape: tensor.shape, .float64(values))
        case .int32(let values): self.init(tensor.name, shape: tensor.shape, .int32(values))
        case .int64(let values): self.init(tensor.name, shape: tensor.shape, .int64(values))
        case .uint8:
            throw ClusteringError(.internalError, "array of bytes: \(tensor.name); run the same version everywhere")
        }
    }
}
