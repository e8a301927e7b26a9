import ArgumentParser
import Clustering

/// Clusters images with the help of nouns.
struct Tac: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cluster images with the help of nouns (text-aided clustering).",
        discussion: """
            IMAGES and NOUNS are embeddings by the two halves of one model, in files or folders as for kmeans. Nouns are \
            chosen as 'coterie nouns' chooses them, and every image gets a text counterpart, the mean of its nearest \
            nouns. Then heads for images and for counterparts learn to give an image, its counterpart and the neighbours \
            of both one cluster, several times from other beginnings; the head that labels is the mean of the half with \
            the least losses, with their clusters matched. With --no-train, image and counterpart together are clustered \
            by spherical k-means instead.

            The run's folder gets labels.npy, head.safetensors (for 'coterie predict' and for PyTorch) or, with --no-train, \
            centroids.npy (image and text side by side), text.npy, nouns.txt, nouns.npy, nouns.json, clusters.json with \
            the nouns of each cluster, run.json with how far the restarts agree, and report.html. Workers on other \
            machines must see that folder.

            Examples:
              coterie tac images.npy nouns.npy -k 10
              coterie tac train.npy nouns.npy -k 10 --apply test.npy --truth test-classes.txt
              coterie tac img_emb/ wordnet.npy -k 100 --no-train --filter gradnorm -o runs/hundred
            """
    )

    @Argument(help: "The embeddings of the images, one row per image.", completion: .file())
    var images: String

    @Argument(help: "The embeddings of the nouns, one row per noun.", completion: .file())
    var nouns: String

    @Option(
        name: .customShort("k"),
        help: ArgumentHelp("Clusters to find; no default.", valueName: "k"),
        transform: Bounded.integer(in: 1...Int(Int32.max))
    )
    var clusters: Int

    @Flag(name: .customLong("no-train"), help: "Stop before the heads are trained. (default: off)")
    var noTrain = false

    @Option(
        help: ArgumentHelp(
            "Label these images, with what was learned on IMAGES; --truth is then theirs. (default: IMAGES)",
            valueName: "data"
        ),
        completion: .file()
    )
    var apply: String?

    @Option(
        help: "Of an image's softmax over the nouns, above 0. (default: 0.005)",
        transform: Bounded.number(in: 1e-6...1e6)
    )
    var retrievalTemperature: Double = 0.005

    @Option(
        help: """
            Trainings of the heads from other beginnings, up to \(TextTraining.mostRestarts), of which the half with the \
            least losses is made one head; with --no-train runs of k-means, of which the best objective is kept. \
            (default: \(TextHeadOptions.usualRestarts) up to \(TextHeadOptions.mostOfWhole) images, else \
            \(TextHeadOptions.fewRestarts); with --no-train \(Tac.usualRestarts))
            """,
        transform: Bounded.integer(in: 1...100_000)
    )
    var restarts: Int?

    @Option(
        help: "With --no-train, iterations after which a run of k-means ends. (default: 300)",
        transform: Bounded.integer(in: 1...1_000_000)
    )
    var maxIterations: Int?

    @OptionGroup(title: "Heads") var heads: TextHeadOptions
    @OptionGroup(title: "Nouns") var method: NounOptions
    @OptionGroup(title: "Fleet") var fleet: FleetOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Run") var common: CommonOptions

    /// Of k-means.
    static let usualRestarts = 20
    static let usualIterations = 300

    func validate() throws {
        if noTrain, let given = heads.given {
            throw CommandError(
                .usage,
                "nothing to set",
                at: "\(given) with --no-train",
                fix: "leave out one: no heads are trained"
            )
        }
        if !noTrain, maxIterations != nil {
            throw CommandError(
                .usage,
                "nothing to set",
                at: "--max-iterations without --no-train",
                fix: "give --epochs, or --no-train"
            )
        }
        if !noTrain, clusters < 2 {
            throw CommandError(.usage, "too few clusters", at: "-k 1", fix: "give at least 2 to train heads")
        }
        if !noTrain, let restarts, restarts > TextTraining.mostRestarts {
            throw CommandError(
                .usage,
                "too many restarts",
                at: "--restarts \(restarts)",
                fix: "give at most \(TextTraining.mostRestarts), or --no-train"
            )
        }
    }

    func run() throws {
        if noTrain {
            try TextJob(command: self, resuming: nil).run()
        } else {
            try TextTrainingJob(command: self, resuming: nil).run()
        }
    }
}
