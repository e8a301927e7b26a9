import Clustering
import Dashboard
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

    private let command: Tac
    /// The run to go on with; nil for a new one.
    private let resuming: InterruptedRun?

    /// - Throws: as `TextInputs`, and where they are not what the run began with.
    init(_ command: Tac, resuming: InterruptedRun?) throws {
        self.command = command
        self.resuming = resuming
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
        let method: any Program.Type = command.noTrain ? TextClustering.self : TextTraining.self
        try resuming?.verify(dataset, others: others, as: method, command.fleet)
    }

    /// The images, where they are not the rows to label.
    var imagesApart: DatasetDescription? { command.apply == nil ? nil : text.images.description }

    /// - Parameter settings: what the run's record says besides what both ways to cluster have.
    func jobRun(_ settings: [String: JSONValue]) throws -> JobRun {
        var record = method.record(names: text.names).merging(settings) { _, own in own }
        record["k"] = .integer(command.clusters)
        record["no-train"] = .boolean(command.noTrain)
        record["retrieval-temperature"] = .number(command.retrievalTemperature)
        if let apply = command.apply { record["apply"] = .string(apply) }
        return try JobRun(
            TextClustering.name,
            dataset: dataset,
            settings: record,
            words: command.words,
            others: others,
            lists: text.lists,
            resuming: resuming,
            fleet: command.fleet,
            output: command.output,
            common: command.common
        )
    }
}
