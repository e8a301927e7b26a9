import Clustering
import Dashboard
import Shards

/// The `predict` command's work where a trained head labels the rows.
struct HeadPredictJob {
    let command: Predict
    /// The run to go on with; nil for a new one.
    let resuming: InterruptedRun?

    func run() throws {
        let dataset = try Dataset(path: command.data, blockRows: command.common.blocks.blockRows)
        try resuming?.verify(dataset, as: HeadLabelling.self, command.fleet)
        let head = try head()
        var program = try HeadLabelling(settings: .init(writesProbabilities: !command.labelsOnly), dataset: dataset)
        program.head = head
        // Before there is a folder: a head for other rows is found here.
        _ = try program.begin()
        let run = try JobRun(
            "predict",
            dataset: dataset,
            settings: ["head": .string(command.headFile), "labels-only": .boolean(command.labelsOnly)],
            words: command.words,
            lists: [InputFile(path: command.head, rows: head.shape.clusters)],
            resuming: resuming,
            fleet: command.fleet,
            output: command.output,
            common: command.common
        )
        try run.run(
            iteration: { _ in nil },
            setUp: { folder in
                let sink = try LabelsSink(
                    folder: folder,
                    rows: dataset.rows,
                    clusters: head.shape.clusters,
                    probabilities: !command.labelsOnly
                )
                return (program, sink)
            },
            finish: { model, _ in
                JobRun.Products(
                    results: [],
                    objective: nil,
                    iterations: 0,
                    clusters: model.outcome.map { ClustersRecord($0) }
                )
            }
        )
    }

    /// The only head of the file, or that of the images.
    private func head() throws -> Head {
        let heads = try HeadFile.read(command.headFile)
        guard let head = heads.count == 1 ? heads.first : heads.first(where: { $0.name == "image" }) else {
            throw CommandError(
                .badData,
                "not a clustering head but \(heads.count) of them",
                at: command.headFile,
                fix: "give a head.safetensors of coterie tac or scan"
            )
        }
        return head
    }
}
