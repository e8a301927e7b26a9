import ArgumentParser
import Clustering
import Tensors

/// How neighbours are searched where not every row is compared with every other.
struct ApproximationOptions: ParsableArguments {
    @Flag(help: "Search only the nearest cells of an inverted file, and measure the recall. (default: off)")
    var approximate = false

    @Option(
        help: ArgumentHelp("Cells that are searched for each row. (default: what the target needs)", valueName: "n"),
        transform: Bounded.integer(in: 1...ApproximateNeighbors.mostCells)
    )
    var probes: Int?

    @Option(
        help: ArgumentHelp(
            "The share of neighbours to find, by the lower end of a sample's interval. (default: 0.99)",
            valueName: "recall"
        ),
        transform: Bounded.number(in: 0.01...1)
    )
    var targetRecall: Double?

    @Option(
        help: ArgumentHelp("Cells of the inverted file. (default: 4·√rows, at most rows/64)", valueName: "n"),
        transform: Bounded.integer(in: 1...ApproximateNeighbors.mostCells)
    )
    var cells: Int?

    @Option(
        help: ArgumentHelp(
            "The cells' centroids, such as centroids.npy of 'coterie kmeans'. (default: k-means, 5 iterations on 40 rows a cell)",
            valueName: "file"
        ),
        completion: .file()
    )
    var centroids: String?

    /// The options that only mean something with `--approximate`, and that were given.
    private var given: [String] {
        [
            ("--probes", probes != nil), ("--target-recall", targetRecall != nil), ("--cells", cells != nil),
            ("--centroids", centroids != nil),
        ].filter(\.1).map(\.0)
    }

    func check(metric: NeighborMetric, hasQueries: Bool) throws {
        guard approximate else {
            guard let option = given.first else { return }
            throw CommandError(
                .usage,
                "the search is exact",
                at: option,
                fix: "add --approximate, or leave it out"
            )
        }
        let contradictions = [
            (metric == .innerProduct, "--metric inner-product", "search exactly, or by cosine or euclidean"),
            (hasQueries, "--queries", "search exactly, or leave it out"),
            (probes != nil && targetRecall != nil, "--probes with --target-recall", "leave out one"),
            (cells != nil && centroids != nil, "--cells with --centroids", "leave out one: a cell has a centroid"),
        ]
        for (isThere, what, fix) in contradictions where isThere {
            throw CommandError(.usage, "not possible with --approximate", at: what, fix: fix)
        }
    }
}
