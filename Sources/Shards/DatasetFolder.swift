import Foundation

/// The `.npy` or `.safetensors` files directly inside a folder, in natural order.
struct DatasetFolder {
    let layout: Dataset.Layout
    /// The files that make up the dataset, each with the key that was given for all.
    let files: [DataLocation]
    /// The names of what else is there, hidden files excepted.
    let ignored: [String]

    /// The folder in which clip-retrieval keeps its image embeddings.
    private static let embeddings = "img_emb"

    /// Lists a folder, or the `img_emb` folder of a clip-retrieval folder.
    ///
    /// - Throws: `.badData` if there is nothing to read or it is not clear what to read.
    init(at location: DataLocation) throws(ShardError) {
        let path = location.path
        let names = try Self.visibleNames(in: path)
        let inner = path.appendingPathComponent(Self.embeddings)
        guard names.contains(Self.embeddings), Self.isFolder(inner) else {
            try self.init(of: names, in: location, layout: .folder)
            return
        }
        guard Self.arrays(among: names).isEmpty else {
            throw ShardError(
                .badData,
                "both .npy files and a folder \(Self.embeddings)",
                at: path,
                fix: "name the one that is meant"
            )
        }
        try self.init(
            of: Self.visibleNames(in: inner),
            in: DataLocation(path: inner, key: location.key),
            layout: .clipRetrieval,
            alsoIgnored: names.filter { $0 != Self.embeddings }
        )
    }

    private init(
        of names: [String],
        in location: DataLocation,
        layout: Dataset.Layout,
        alsoIgnored: [String] = []
    ) throws(ShardError) {
        let chosen = Self.arrays(among: names)
        guard let first = chosen.first else {
            let extensions = names.map { DataLocation(path: $0).fileExtension }
            let convertible = extensions.first(where: ForeignFormat.isConvertible)
            throw ShardError(
                .badData,
                "no .npy files in the folder",
                at: location.path,
                fix: convertible.flatMap(ForeignFormat.remedy) ?? "name a folder with .npy files directly inside"
            )
        }
        if first.hasSuffix(Self.numpy) { try location.refuseKey() }
        self.layout = layout
        files = chosen.map { DataLocation(path: location.path.appendingPathComponent($0), key: location.key) }
        ignored = alsoIgnored + names.filter { !chosen.contains($0) }
    }

    private static let numpy = ".npy"

    /// The names that are read: `.npy` files; where there are none, the list of a model in several files, or else all
    /// `.safetensors` files.
    private static func arrays(among names: [String]) -> [String] {
        for suffix in [numpy, SafetensorsIndex.suffix, ".safetensors"] {
            let chosen = names.filter { $0.hasSuffix(suffix) }
            if !chosen.isEmpty { return chosen }
        }
        return []
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
