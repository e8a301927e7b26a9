import ArgumentParser
import Tensors

/// Labels new rows by what an earlier run found.
struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Label rows by the centroids of an earlier run.",
        discussion: """
            HEAD is a centroids.npy. The run's folder gets labels.npy and run.json.

            Examples:
              coterie predict runs/hundred/centroids.npy new.npy
              coterie predict runs/hundred/centroids.npy new/ --truth new-classes.txt -o runs/new
            """
    )

    @Argument(help: "Centroids, one row per cluster.")
    var head: String

    @Argument(help: "The embeddings to label, one row per image.")
    var data: String

    @Option(help: "How near a row is to a centroid; as in the run that made them.")
    var metric: Metric = .cosine

    @OptionGroup(title: "Fleet") var fleet: FleetOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Run") var common: CommonOptions

    func run() throws {
        try PredictJob(command: self).run()
    }
}
