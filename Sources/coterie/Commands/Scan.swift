import ArgumentParser

/// Clusters images by heads that give neighbours one cluster.
struct Scan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cluster embeddings by a head that gives neighbours one cluster (SCAN).",
        discussion: """
            Finds the nearest neighbours of every row under cosine, trains heads to give a row and its neighbours the \
            same cluster and all clusters the same size, and keeps the one with the least loss on a tenth of the rows, \
            which is held out. With --self-label it then learns from the labels it is sure of, on copies of rows with \
            coordinates left out and noise added. With --strong-view and --weak-view, embeddings of altered images, four \
            times as many neighbours are found; a quarter is kept by the views, and another head learns from all of those \
            at once. Heads that collapse to few clusters are never kept; where all do, others \
            are trained at a tenth of the rate. The run's folder gets labels.npy, head.safetensors (for 'coterie predict' \
            and for PyTorch), clusters.json, run.json and report.html.

            Examples:
              coterie scan embeddings.npy -k 10
              coterie scan embeddings.npy -k 10 --hidden 0 --self-label --truth classes.txt
              coterie scan raw.npy -k 200 --strong-view cutout.npy --weak-view shifted.npy
              coterie scan train.npy -k 100 --apply test.npy --probabilities -o runs/hundred
            """
    )

    @Argument(help: "The embeddings, one row per image.", completion: .file())
    var data: String

    @Option(
        name: .customShort("k"),
        help: ArgumentHelp("Clusters to find; no default.", valueName: "k"),
        transform: Bounded.integer(in: 2...65_536)
    )
    var clusters: Int

    @Option(
        help: ArgumentHelp(
            "Label these rows, by a head that learns from DATA; --truth is then theirs. (default: DATA)",
            valueName: "data"
        ),
        completion: .file()
    )
    var apply: String?

    @Flag(help: "Write probabilities.npy too: float32, a row per row and a column per cluster. (default: off)")
    var probabilities = false

    @OptionGroup(title: "Heads") var method: ScanOptions
    @OptionGroup(title: "Views") var views: ViewOptions
    @OptionGroup(title: "Self-labelling") var selfLabels: SelfLabelOptions
    @OptionGroup(title: "Fleet") var fleet: FleetOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Run") var common: CommonOptions

    func validate() throws {
        if views.strongView != nil, method.neighborsFile != nil {
            throw CommandError(
                .usage,
                "contradictory flags",
                at: "--neighbors-file with --strong-view",
                fix: "leave out one: views choose among neighbours that the job finds"
            )
        }
    }

    func run() throws {
        try ScanJob(command: self, resuming: nil).run()
    }
}
