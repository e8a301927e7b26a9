import ArgumentParser
import Clustering
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
            """
            First centroids: k-means++ (of 2 + ln K rows the best for each centre, or one where rows × K × dimensions exceed \
            10^9), k-means-parallel, random, or FILE.npy, from which iterations are Lloyd's alone: an empty cluster keeps its \
            centroid. (default: k-means++)
            """,
            valueName: "init"
        ),
        completion: .file(extensions: ["npy"]),
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
        help: """
            Runs from other first centroids; the best is kept. (default: the most of 20, 10, 5 and 2 that keep restarts × rows \
            × K × dimensions within 10^9, else 1; 1 with FILE.npy)
            """,
        transform: Bounded.integer(in: 1...100_000)
    )
    var restarts: Int?

    @Option(
        help: ArgumentHelp(
            "Find centroids on so many rows, drawn by --seed, and label all rows by them. (default: all rows)",
            valueName: "rows"
        ),
        transform: Bounded.integer(in: 1...Int.max)
    )
    var sample: Int?

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
        ),
        completion: .file()
    )
    var images: String?

    func validate() throws {
        if sample != nil, weights != nil {
            throw CommandError(
                .usage,
                "contradictory flags",
                at: "--weights with --sample",
                fix: "leave out one: a sample is drawn from rows that count alike"
            )
        }
        if case .file = `init`, let restarts, restarts > 1 {
            throw CommandError(
                .usage,
                "contradictory flags",
                at: "--restarts \(restarts) with --init FILE.npy",
                fix: "leave out one: every restart would be the same"
            )
        }
    }

    /// How k-means is run on a dataset of so many rows.
    func settings(rows: Int, columns: Int, seed: UInt64) -> KMeans.Settings {
        let size = KmeansSize(rows: rows, clusters: clusters, dimensions: columns)
        return KMeans.Settings(
            clusters: clusters,
            metric: metric,
            initialisation: `init`.kind(size),
            maximumIterations: maxIterations,
            tolerance: tolerance,
            restarts: restarts ?? (`init`.isGiven ? 1 : size.restarts),
            seed: seed,
            relocatesEmptyClusters: !`init`.isGiven
        )
    }

    /// The settings that the size of the job decided.
    var automatic: [String] {
        let isBySize = [("init", `init` == .plusPlus), ("restarts", restarts == nil && !`init`.isGiven)]
        return isBySize.filter(\.1).map(\.0)
    }
}
