import ArgumentParser

/// Clusters images with the help of nouns.
struct Tac: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cluster images with the help of nouns (text-aided clustering).",
        discussion: """
            IMAGES and NOUNS are embeddings by the two halves of one model, in files or folders as for kmeans. Nouns are \
            chosen as 'coterie nouns' chooses them; every image gets a text counterpart, the mean of its nearest nouns; \
            image and counterpart together are clustered by spherical k-means. The run's folder gets labels.npy, \
            centroids.npy (image and text side by side), text.npy, nouns.txt, nouns.npy, nouns.json, clusters.json with \
            the nouns of each cluster, run.json and report.html. Workers on other machines must see that folder.

            Examples:
              coterie tac images.npy nouns.npy -k 10 --no-train
              coterie tac train.npy nouns.npy -k 10 --no-train --apply test.npy --truth test-classes.txt
              coterie tac img_emb/ wordnet.npy -k 100 --no-train --filter gradnorm -o runs/hundred
            """
    )

    @Argument(help: "The embeddings of the images, one row per image.")
    var images: String

    @Argument(help: "The embeddings of the nouns, one row per noun.")
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
            "Cluster these images, with nouns chosen from IMAGES; --truth is then theirs. (default: IMAGES)",
            valueName: "data"
        )
    )
    var apply: String?

    @Option(
        help: "Of an image's softmax over the nouns, above 0. (default: 0.005)",
        transform: Bounded.number(in: 1e-6...1e6)
    )
    var retrievalTemperature: Double = 0.005

    @Option(
        help: "Runs of k-means from other first centroids; the best objective is kept. (default: 20)",
        transform: Bounded.integer(in: 1...100_000)
    )
    var restarts: Int = 20

    @Option(
        help: "Iterations after which a run of k-means ends. (default: 300)",
        transform: Bounded.integer(in: 1...1_000_000)
    )
    var maxIterations: Int = 300

    @OptionGroup(title: "Nouns") var method: NounOptions
    @OptionGroup(title: "Fleet") var fleet: FleetOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Run") var common: CommonOptions

    func validate() throws {
        guard noTrain else {
            throw CommandError(
                .usage,
                "heads cannot be trained yet",
                at: "tac without --no-train",
                fix: "give --no-train"
            )
        }
    }

    func run() throws {
        try TextJob(command: self, resuming: nil).run()
    }
}
