import ArgumentParser
import Tensors

/// Finds the nearest neighbours of rows.
struct FindNeighbors: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "neighbors",
        abstract: "Find the nearest neighbours of every row, exactly unless asked otherwise.",
        discussion: """
            The run's folder gets neighbors.npy (int32, a row per row and a column per neighbour, best first), with \
            similarities.npy under cosine and inner product or distances.npy under the Euclidean metric (float32), and \
            run.json. A row is not its own neighbour, but rows equal to it are; ties go to the lower index. There must be \
            more rows than neighbours.

            With --approximate each row's neighbours are looked for in the cells of an inverted file that are nearest to it, \
            under cosine or the Euclidean metric; --queries and --metric inner-product are refused with exit code 64. The \
            recall is measured against the exact answer on rows that had no part in choosing \
            the cells, and reported with its 95 % confidence interval on standard error and in run.json.

            Examples:
              coterie neighbors embeddings.npy -k 50
              coterie neighbors img_emb/ -k 20 --metric euclidean --workers 8 -o runs/near
              coterie neighbors embeddings.npy -k 10 --queries new.npy
              coterie neighbors embeddings.npy -k 50 --approximate --target-recall 0.99
            """
    )

    @Argument(help: "The embeddings, one row per image.", completion: .file())
    var data: String

    @Option(
        name: [.customShort("k"), .customLong("neighbors")],
        help: ArgumentHelp("Neighbours of each row; fewer than there are rows. (default: 50)", valueName: "k"),
        transform: Bounded.integer(in: 1...Int(Int32.max))
    )
    var neighbors: Int = 50

    @Option(help: "How near rows are to one another.")
    var metric: NeighborMetric = .cosine

    @Option(
        help: ArgumentHelp(
            "Find the neighbours in DATA of these rows instead. (default: of DATA's own)",
            valueName: "file"
        ),
        completion: .file()
    )
    var queries: String?

    @Flag(help: "Let a row be its own neighbour. (default: off)")
    var includeSelf = false

    @OptionGroup(title: "Approximate search") var approximation: ApproximationOptions
    @OptionGroup(title: "Fleet") var fleet: FleetOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Run") var common: CommonOptions

    func validate() throws {
        try approximation.check(metric: metric, hasQueries: queries != nil)
        if output.truth != nil {
            throw CommandError(
                .usage,
                "nothing to evaluate",
                at: "--truth with neighbors",
                fix: "leave it out: neighbours are not labels"
            )
        }
        if queries != nil, includeSelf {
            throw CommandError(
                .usage,
                "contradictory flags",
                at: "--include-self with --queries",
                fix: "leave out one: a query finds every row of DATA, its own copy too"
            )
        }
    }

    func run() throws {
        try NeighborsJob(command: self, resuming: nil).run()
    }
}
