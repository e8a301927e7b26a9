import Clustering
import Shards

/// Images, nouns and the names of the nouns, opened.
struct TextInputs {
    let images: Dataset
    let nouns: Dataset
    let names: NounNames

    /// - Throws: `ShardError` and `CommandError` for files that cannot be used, `.badData` for embeddings of two kinds.
    init(images: String, nouns: String, names: String?, blockRows: Int) throws {
        self.images = try Dataset(path: images, blockRows: blockRows)
        self.nouns = try Dataset(path: nouns, blockRows: blockRows)
        self.names = try NounNames(path: names, beside: nouns, rows: self.nouns.rows)
        try requireOneKind(self.images)
    }

    /// Checks that other images are as long as the nouns.
    func requireOneKind(_ images: Dataset) throws(CommandError) {
        guard images.columns == nouns.columns else {
            throw CommandError(
                .badData,
                "images of \(images.columns) columns, nouns of \(nouns.columns)",
                at: "\(images.path) and \(nouns.path)",
                fix: "embed both with the same model"
            )
        }
    }

    /// For the digests.
    var lists: [InputFile] { names.path.map { [InputFile(path: $0, rows: nouns.rows)] } ?? [] }
}

extension NounFiles {
    /// - Throws: `CommandError` of `.internalError` for a model that is not finished.
    init(_ model: NounChoice.Model, _ inputs: TextInputs, filter: NounFilter.Kind) throws(CommandError) {
        guard let selection = model.selection, let centres = model.centres?.outcome else {
            throw CommandError(.internalError, "no outcome", at: "nouns", fix: "report this")
        }
        self.init(selection: selection, names: inputs.names, nouns: inputs.nouns, filter: filter, centres: centres)
    }
}
