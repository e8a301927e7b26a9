import ArgumentParser
import Tensors

/// Labels new rows by what an earlier run found.
struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Label rows by the centroids of an earlier run.",
        discussion: """
            HEAD is a centroids.npy. The run's folder gets labels.npy, probabilities.npy (float32, a row per row and a \
            column per cluster) and run.json. Probabilities are the softmax of x·c / T under cosine and of \
            -|x - c|² / 2T under the Euclidean metric.

            Examples:
              coterie predict runs/hundred/centroids.npy new.npy
              coterie predict runs/hundred/centroids.npy new.npy --labels-only
              coterie predict runs/hundred/centroids.npy new/ --truth new-classes.txt -o runs/new
            """
    )

    @Argument(help: "Centroids, one row per cluster.")
    var head: String

    @Argument(help: "The embeddings to label, one row per image.")
    var data: String

    @Option(help: "How near a row is to a centroid; as in the run that made them.")
    var metric: Metric = .cosine

    @Option(
        help: "T, above 0. (default: 0.01 under cosine, the temperature CLIP is trained at; otherwise 1)",
        transform: Bounded.number(in: 1e-6...1e6)
    )
    var temperature: Double?

    @Flag(help: "Write no probabilities. (default: off)")
    var labelsOnly = false

    @OptionGroup(title: "Fleet") var fleet: FleetOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Run") var common: CommonOptions

    func run() throws {
        try PredictJob(command: self, resuming: nil).run()
    }
}
