import ArgumentParser
import Tensors

/// Labels new rows by what an earlier run found.
struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Label rows by the centroids or the head of an earlier run.",
        discussion: """
            HEAD is a centroids.npy, a head.safetensors, or the folder of a run that has one of them. The run's folder gets labels.npy, probabilities.npy (float32, a \
            row per row and a column per cluster) and run.json. By centroids, probabilities are the softmax of x·c / T \
            under cosine and of -|x - c|² / 2T under the Euclidean metric. A head has probabilities of its own; of the \
            two of 'coterie tac' it is the images'.

            Examples:
              coterie predict runs/hundred/centroids.npy new.npy
              coterie predict runs/scan new.npy
              coterie predict runs/hundred/centroids.npy new.npy --labels-only
              coterie predict runs/hundred/centroids.npy new/ --truth new-classes.txt -o runs/new
            """
    )

    @Argument(
        help: "Centroids, one row per cluster, a trained head, or a run's folder with either.",
        completion: .file()
    )
    var head: String

    @Argument(help: "The embeddings to label, one row per image.", completion: .file())
    var data: String

    @Option(help: "How near a row is to a centroid. (default: that of the run where HEAD is its folder, else cosine)")
    var metric: Metric?

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

    /// Whether rows are labelled by a trained head.
    var isByHead: Bool { headFile.hasSuffix(".safetensors") }

    /// The file of the head: in the folder, where that was given and has one.
    var headFile: String { (try? HeadPlace(path: head).file()) ?? head }

    func validate() throws {
        guard isByHead else { return }
        for (flag, isGiven) in [("--metric", metric != nil), ("--temperature", temperature != nil)] where isGiven {
            throw CommandError(.usage, "nothing to set", at: "\(flag) with a head", fix: "leave it out")
        }
    }

    func run() throws {
        try PredictJob(command: self, resuming: nil).run()
    }
}
