import Foundation

/// The list of a model in several `.safetensors` files, such as `model.safetensors.index.json`: which tensor is in which.
///
/// Format: https://huggingface.co/docs/transformers/big_models#sharded-checkpoints
struct SafetensorsIndex {
    /// How the names of such files end.
    static let suffix = ".safetensors.index.json"

    private struct Contents: Decodable {
        var files: [String: String]

        private enum CodingKeys: String, CodingKey {
            case files = "weight_map"
        }
    }

    private let path: String
    private let files: [String: String]

    /// A list of a million tensors is not as long.
    private static let longest = 1 << 27

    init(path: String) throws(ShardError) {
        self.path = path
        let file = try MappedFile(path: path)
        guard file.byteCount <= Self.longest,
            let contents = try? JSONDecoder().decode(Contents.self, from: Data(file.bytes(in: 0..<file.byteCount)))
        else {
            throw ShardError(
                .badData,
                "not a list of the tensors of several files",
                at: path,
                fix: "name the .safetensors file that is meant"
            )
        }
        files = contents.files
    }

    /// Where the tensor with that key is, or the only one.
    ///
    /// - Throws: `.badData` that lists the keys, or if the file is not one beside the list.
    func location(of key: String?) throws(ShardError) -> DataLocation {
        let keys = files.keys.sorted()
        let key = keys[try ArrayNames(place: path, keys: keys).index(of: key)]
        let name = files[key] ?? ""
        guard !name.contains("/"), name.hasSuffix(".safetensors") else {
            throw ShardError(
                .badData,
                "a tensor in '\(name.shortened)', which is not a .safetensors file of the same folder",
                at: "\(path):\(key)",
                fix: "name the file itself"
            )
        }
        return DataLocation(path: path.splitAtLastComponent.folder.appendingPathComponent(name), key: key)
    }
}
