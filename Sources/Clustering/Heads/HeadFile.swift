import Shards

/// Heads as a file that PyTorch loads: `<head>.0.weight`, `<head>.0.bias`, `<head>.1.weight`, …, the places being those of
/// `Sequential(Linear, BatchNorm1d, ReLU, Linear)`, or `Sequential(Linear)` for a linear head.
package enum HeadFile {
    /// What it is called in a run's folder.
    package static let name = "head.safetensors"

    /// - Throws: `ShardError` where the file cannot be written; nothing is left behind then.
    package static func write(_ heads: [Head], metadata: [String: String] = [:], to path: String) throws {
        try SafetensorsFile.write(heads.flatMap(tensors), metadata: metadata, to: path)
    }

    /// - Throws: `ShardError` where the file cannot be read; `ClusteringError` where it does not hold heads.
    package static func read(_ path: String) throws -> [Head] {
        var tensors: [String: [String: SafetensorsFile.Tensor]] = [:]
        var names: [String] = []
        for tensor in try SafetensorsFile.read(path) {
            guard let dot = tensor.name.firstIndex(of: ".") else { throw unreadable(path, tensor.name) }
            let name = String(tensor.name[..<dot])
            if tensors[name] == nil { names.append(name) }
            tensors[name, default: [:]][String(tensor.name[tensor.name.index(after: dot)...])] = tensor
        }
        return try names.sorted().map { try head($0, tensors[$0] ?? [:], path) }
    }

    private static func tensors(of head: Head) -> [SafetensorsFile.Tensor] {
        let shape = head.shape
        func tensor(_ part: String, _ lengths: [Int], _ values: some Sequence<Float>) -> SafetensorsFile.Tensor {
            SafetensorsFile.Tensor("\(head.name).\(part)", shape: lengths, Array(values))
        }
        let parameters = head.parameters
        let last = [
            tensor("\(lastPlace(shape)).weight", [shape.clusters, shape.features], parameters[shape.lastWeights]),
            tensor("\(lastPlace(shape)).bias", [shape.clusters], parameters[shape.lastBias]),
        ]
        guard let hidden = shape.hidden else { return last }
        return [
            tensor("0.weight", [hidden, shape.inputs], parameters[shape.firstWeights]),
            tensor("0.bias", [hidden], parameters[shape.firstBias]),
            tensor("1.weight", [hidden], parameters[shape.gains]),
            tensor("1.bias", [hidden], parameters[shape.shifts]),
            tensor("1.running_mean", [hidden], head.runningMeans),
            tensor("1.running_var", [hidden], head.runningVariances),
        ] + last
    }

    private static func lastPlace(_ shape: HeadShape) -> Int { shape.hidden == nil ? 0 : 3 }

    private static func head(
        _ name: String,
        _ tensors: [String: SafetensorsFile.Tensor],
        _ path: String
    ) throws(ClusteringError) -> Head {
        let isLinear = tensors["3.weight"] == nil
        guard let first = tensors["0.weight"]?.shape, first.count == 2,
            let last = tensors[isLinear ? "0.weight" : "3.weight"]?.shape, last.count == 2
        else { throw unreadable(path, name) }
        let shape = HeadShape(inputs: first[1], hidden: isLinear ? nil : first[0], clusters: last[0])
        func values(_ part: String, _ lengths: [Int]) throws(ClusteringError) -> [Float] {
            guard let tensor = tensors[part], tensor.shape == lengths else { throw unreadable(path, "\(name).\(part)") }
            return tensor.values
        }
        var parameters: [Float] = []
        var buffers: [[Float]] = [[], []]
        if let hidden = shape.hidden {
            parameters += try values("0.weight", [hidden, shape.inputs])
            for part in ["0.bias", "1.weight", "1.bias"] { parameters += try values(part, [hidden]) }
            buffers = [try values("1.running_mean", [hidden]), try values("1.running_var", [hidden])]
        }
        parameters += try values("\(lastPlace(shape)).weight", [shape.clusters, shape.features])
        parameters += try values("\(lastPlace(shape)).bias", [shape.clusters])
        return Head(
            name: name,
            shape: shape,
            parameters: parameters,
            runningMeans: buffers[0],
            runningVariances: buffers[1]
        )
    }

    private static func unreadable(_ path: String, _ what: String) -> ClusteringError {
        ClusteringError(
            .badData,
            "not a clustering head: \(path), \(what); give a head.safetensors of coterie tac or scan"
        )
    }
}
