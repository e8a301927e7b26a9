import ArgumentParser
import Tensors

/// Clusters embeddings.
struct Kmeans: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kmeans",
        abstract: "Cluster embeddings by spherical or Euclidean k-means.",
        discussion: """
            DATA is an .npy file, a folder of them, a clip-retrieval folder, FILE.npz:KEY or FILE.safetensors:KEY. The \
            run's folder gets labels.npy, centroids.npy, clusters.json, run.json, events.jsonl and report.html.

            Examples:
              coterie kmeans embeddings.npy -k 1000
              coterie kmeans img_emb/ -k 100 --seed 7 --restarts 5 -o runs/hundred
              coterie kmeans model.safetensors:features -k 10 --metric euclidean --truth classes.txt
              coterie kmeans /data/clip -k 5000 --workers 0 --listen tcp://0.0.0.0:5555 --insecure
            """
    )

    @Argument(help: "The embeddings, one row per image.")
    var data: String

    @Option(
        name: .customShort("k"),
        help: ArgumentHelp("Clusters to find; no default.", valueName: "k"),
        transform: Bounded.integer(in: 1...Int(Int32.max))
    )
    var clusters: Int

    @Option(help: "How near a row is to a centroid.")
    var metric: Metric = .cosine

    @Option(
        help: ArgumentHelp("First centroids: k-means++, k-means-parallel, random or FILE.npy.", valueName: "init")
    )
    var `init`: Initialisation = .plusPlus

    @Option(help: "Iterations after which a restart ends.", transform: Bounded.integer(in: 1...1_000_000))
    var maxIterations: Int = 300

    @Option(
        help: "End a restart when the objective improves by less than this share; 0: when no label changes.",
        transform: Bounded.number(in: 0...1)
    )
    var tolerance: Double = 0

    @Option(help: "Runs from other first centroids; the best is kept.", transform: Bounded.integer(in: 1...100_000))
    var restarts: Int = 1

    @Option(
        help: ArgumentHelp(
            "Images for the report, one per row: a folder, or a text file of paths. (default: none)",
            valueName: "folder|list"
        )
    )
    var images: String?

    @OptionGroup(title: "Fleet") var fleet: FleetOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Run") var common: CommonOptions

    func validate() throws {
        if case .file = `init`, restarts > 1 {
            throw CommandError(
                .usage,
                "contradictory flags",
                at: "--restarts \(restarts) with --init FILE.npy",
                fix: "leave out one: every restart would be the same"
            )
        }
    }

    func run() throws {
        try KMeansJob(command: self).run()
    }
}
