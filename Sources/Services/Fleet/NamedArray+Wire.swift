import Clustering
import Wire

// Programs speak of arrays, the wire of tensors; neither module knows the other.

extension WireTensor {
    init(_ array: NamedArray) {
        switch array.values {
        case .float32(let values): self.init(name: array.name, shape: array.shape, values)
        case .float64(let values): self.init(name: array.name, shape: array.shape, values)
        case .int32(let values): self.init(name: array.name, shape: array.shape, values)
        case .int64(let values): self.init(name: array.name, shape: array.shape, values)
        }
    }
}

extension NamedArray {
    /// - Throws: `ClusteringError` for a kind of element that no program uses.
    init(_ tensor: WireTensor) throws {
        switch tensor.elementType {
        case .float32: self.init(tensor.name, shape: tensor.shape, .float32(tensor.values()))
        case .float64: self.init(tensor.name, shape: tensor.shape, .float64(tensor.values()))
        case .int32: self.init(tensor.name, shape: tensor.shape, .int32(tensor.values()))
        case .int64: self.init(tensor.name, shape: tensor.shape, .int64(tensor.values()))
        case .uint8:
            throw ClusteringError(.internalError, "array of bytes: \(tensor.name); run the same version everywhere")
        }
    }
}
