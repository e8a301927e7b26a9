import ArgumentParser
import Foundation
import Shards

/// Says what a dataset is and what is wrong with it.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is in a dataset and what is wrong with it.",
        discussion: """
            Reads all of DATA. Exits with 65 when rows are not finite or zero, which jobs refuse; duplicate rows and \
            identical files are named but are no error.

            Examples:
              coterie inspect embeddings.npy
              coterie inspect img_emb/ -k 1000 --workers 16
              coterie inspect features.npz:train --json
            """
    )

    @Argument(help: "The embeddings, one row per image.", completion: .file())
    var data: String

    @Flag(help: "Print one JSON object. (default: a table)")
    var json = false

    @Option(
        name: .customShort("k"),
        help: ArgumentHelp("Predict the memory of k-means with this many clusters. (default: 1000)", valueName: "k"),
        transform: Bounded.integer(in: 1...Int(Int32.max))
    )
    var clusters: Int = 1000

    @Option(
        help: "Workers for the prediction. (default: one per usable core)",
        transform: Bounded.integer(in: 1...4096)
    )
    var workers: Int?

    @OptionGroup var blocks: BlockOptions
    @OptionGroup var settings: SettingsOptions

    func run() throws {
        let dataset = try Dataset(path: data, blockRows: blocks.blockRows)
        let inspection = try Inspection(dataset, memory: memory(for: dataset))
        try StandardOutput.write(json ? JSONText.line(inspection) : inspection.text)
        guard inspection.problems.contains(where: \.isError) else { return }
        throw CommandError(.badData, "unusable rows", at: data, fix: "remove or repair those listed on standard output")
    }

    private func memory(for dataset: Dataset) -> MemoryEstimate {
        MemoryEstimate(
            rows: dataset.rows,
            dimensions: dataset.columns,
            clusters: clusters,
            workers: workers ?? UsableCores.ofThisProcess.count
        )
    }
}
