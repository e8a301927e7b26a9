import Foundation

/// The `.npy` files directly inside a folder, in natural order.
struct DatasetFolder {
    let layout: Dataset.Layout
    /// The paths of the files that make up the dataset.
    let files: [String]
    /// The names of what else is there, hidden files excepted.
    let ignored: [String]

    /// The folder in which clip-retrieval keeps its image embeddings.
    private static let embeddings = "img_emb"

    /// Lists a folder, or the `img_emb` folder of a clip-retrieval folder.
    ///
    /// - Throws: `.badData` if there is nothing to read or it is not clear what to read.
    init(at path: String) throws(ShardError) {
        let names = try Self.visibleNames(in: path)
        let arrays = names.filter(Self.isArray)
        let inner = path.appendingPathComponent(Self.embeddings)
        guard names.contains(Self.embeddings), Self.isFolder(inner) else {
            try self.init(arrays: arrays, of: names, in: path, layout: .folder)
            return
        }
        guard arrays.isEmpty else {
            throw ShardError(
                .badData,
                "both .npy files and a folder \(Self.embeddings)",
                at: path,
                fix: "name the one that is meant"
            )
        }
        let innerNames = try Self.visibleNames(in: inner)
        try self.init(
            arrays: innerNames.filter(Self.isArray),
            of: innerNames,
            in: inner,
            layout: .clipRetrieval,
            alsoIgnored: names.filter { $0 != Self.embeddings }
        )
    }

    private init(
        arrays: [String],
        of names: [String],
        in path: String,
        layout: Dataset.Layout,
        alsoIgnored: [String] = []
    ) throws(ShardError) {
        guard !arrays.isEmpty else {
            throw ShardError(
                .badData,
                "no .npy files in the folder",
                at: path,
                fix: "name a folder with .npy files directly inside"
            )
        }
        self.layout = layout
        files = arrays.map(path.appendingPathComponent)
        ignored = alsoIgnored + names.filter { !Self.isArray($0) }
    }

    private static func isArray(_ name: String) -> Bool {
        name.hasSuffix(".npy")
    }

    private static func isFolder(_ path: String) -> Bool {
        (try? OpenFile.Status(ofPath: path))?.isDirectory == true
    }

    private static func visibleNames(in path: String) throws(ShardError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
                .filter { !$0.hasPrefix(".") }
                .sorted { $0.precedesNaturally($1) }
        } catch {
            throw ShardError(.noInput, "cannot list the folder", at: path, fix: "make it readable for this user")
        }
    }
}

extension String {
    /// The path of something inside the folder this path names.
    func appendingPathComponent(_ name: String) -> String {
        hasSuffix("/") ? self + name : "\(self)/\(name)"
    }
}
