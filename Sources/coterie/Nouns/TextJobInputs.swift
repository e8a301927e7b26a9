import Clustering
import Shards

/// What the `tac` command reads, opened.
struct TextJobInputs {
    let text: TextInputs
    /// The rows to label.
    let dataset: Dataset
    let method: NounMethod
    /// Rows of the nouns that are passed over, since they repeat a name.
    let repeated: [Int]
    /// What is read besides the rows to label.
    let others: [Dataset]

    /// - Throws: as `TextInputs`.
    init(_ command: Tac) throws {
        let blockRows = command.common.blocks.blockRows
        text = try TextInputs(
            images: command.images,
            nouns: command.nouns,
            names: command.method.names,
            blockRows: blockRows
        )
        let other = try command.apply.map { try Dataset(path: $0, blockRows: blockRows) }
        if let other { try text.requireOneKind(other) }
        dataset = other ?? text.images
        others = (other == nil ? [] : [text.images]) + [text.nouns]
        method = NounMethod(
            options: command.method,
            images: text.images,
            nouns: text.nouns,
            clusters: command.clusters,
            seed: command.common.seed
        )
        repeated = command.method.keepDuplicates ? [] : text.names.repeated
    }
}
