import ArgumentParser
import Tensors

/// The settings of k-means itself.
struct KmeansOptions: ParsableArguments {
    @Option(
        name: .customShort("k"),
        help: ArgumentHelp("Clusters to find; no default.", valueName: "k"),
        transform: Bounded.integer(in: 1...Int(Int32.max))
    )
    var clusters: Int

    @Option(help: "How near a row is to a centroid.")
    var metric: Metric = .cosine

    @Option(
        help: ArgumentHelp(
            "First centroids: k-means++, k-means-parallel, random or FILE.npy. (default: k-means++)",
            valueName: "init"
        ),
        transform: Initialisation.init(argument:)
    )
    var `init`: Initialisation = .plusPlus

    @Option(
        help: "Iterations after which a restart ends. (default: 300)",
        transform: Bounded.integer(in: 1...1_000_000)
    )
    var maxIterations: Int = 300

    @Option(
        help: """
            End a restart when the objective improves by less than this share; 0: when no label changes. (default: 0)
            """,
        transform: Bounded.number(in: 0...1)
    )
    var tolerance: Double = 0

    @Option(
        help: "Runs from other first centroids; the best is kept. (default: 1)",
        transform: Bounded.integer(in: 1...100_000)
    )
    var restarts: Int = 1

    @Option(
        help: ArgumentHelp(
            """
            How much each row counts: a number for each, as a 1-D .npy or text with one per line; n counts as n equal rows. \
            (default: all alike)
            """,
            valueName: "file"
        )
    )
    var weights: String?

    @Option(
        help: ArgumentHelp(
            "Images for the report, one per row: a folder, or a text file of paths. (default: none)",
            valueName: "folder|list"
        )
    )
    var images: String?

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
}
