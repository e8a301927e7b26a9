import ArgumentParser
import Clustering

extension Confidence: ExpressibleByArgument {}

/// How TAC's heads are trained.
struct TextHeadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Neighbours of each image in each space. (default: 50)", valueName: "n"),
        transform: Bounded.integer(in: 1...Int(Int32.max))
    )
    var neighbors: Int?

    @Option(
        help: """
            Times that every image is visited. (default: 20; where every step is over all images 30 up to \(fewClusters) \
            clusters, else 100)
            """,
        transform: Bounded.integer(in: 1...1_000_000)
    )
    var epochs: Int?

    @Option(
        help: """
            The most images of a step; the steps of an epoch are of one size. (default: all images up to \(mostOfWhole) of \
            them, as under --expected-neighbors; else 512)
            """,
        transform: Bounded.integer(in: 2...1_048_576)
    )
    var batchSize: Int?

    @Flag(help: "Take every step over all images, with one neighbour of each, drawn anew. (default: off)")
    var fullBatch = false

    @Flag(
        help: """
            Take every step over all images, with the mean of all neighbours of each. (default: off, and on up to \
            \(mostOfWhole) images unless --batch-size or --full-batch is given)
            """
    )
    var expectedNeighbors = false

    @Option(
        help: ArgumentHelp(
            "Temperature of the contrast between clusters. (default: 0.5 up to 100 clusters, else 5)",
            valueName: "t"
        ),
        transform: Bounded.number(in: 1e-6...1e6)
    )
    var contrastTemperature: Double?

    @Option(
        help: "Weight of the entropy of the mean prediction, which keeps clusters of one size. (default: 5)",
        transform: Bounded.number(in: 0...1e6)
    )
    var balance: Double?

    @Option(help: "How both heads are made to agree on an image: as in TAC's code or in its paper. (default: code)")
    var confidence: Confidence?

    @Flag(help: "Write probabilities.npy too: float32, a row per image and a column per cluster. (default: off)")
    var probabilities = false

    /// Up to so many images a step over all of them takes no longer than it is worth.
    static let mostOfWhole = 16_384
    private static let fewClusters = 20
    static let fewRestarts = 1
    /// Up to `mostOfWhole` images.
    static let usualRestarts = TextTraining.mostRestarts

    /// The first of these that was given.
    var given: String? {
        let all: [(String, Bool)] = [
            ("--neighbors", neighbors != nil), ("--epochs", epochs != nil), ("--batch-size", batchSize != nil),
            ("--full-batch", fullBatch), ("--expected-neighbors", expectedNeighbors),
            ("--contrast-temperature", contrastTemperature != nil), ("--balance", balance != nil),
            ("--confidence", confidence != nil), ("--probabilities", probabilities),
        ]
        return all.first(where: \.1)?.0
    }

    func validate() throws {
        let ways =
            [("--batch-size", batchSize != nil), ("--full-batch", fullBatch)] + [
                ("--expected-neighbors", expectedNeighbors)
            ]
        let given = ways.filter(\.1).map(\.0)
        if given.count > 1 {
            throw CommandError(
                .usage,
                "contradictory flags",
                at: given.joined(separator: " with "),
                fix: "leave out all but one"
            )
        }
    }

    /// What stands beside an image when heads are trained on so many.
    func partners(images: Int) -> TextTraining.Partners {
        if fullBatch { return .drawnOverAll }
        if expectedNeighbors { return .expected }
        return batchSize == nil && images <= Self.mostOfWhole ? .expected : .drawn
    }

    /// - Parameter restarts: as given.
    func heads(columns: Int, clusters: Int, images: Int, restarts: Int?) -> TextTraining.Heads {
        let partners = partners(images: images)
        return TextTraining.Heads(
            objective: TACObjective(
                imageColumns: columns,
                textColumns: columns,
                clusters: clusters,
                contrastTemperature: contrastTemperature,
                balance: balance ?? 5,
                confidence: confidence ?? .code
            ),
            epochs: epochs ?? (partners == .drawn ? 20 : clusters <= Self.fewClusters ? 30 : 100),
            batchSize: batchSize ?? 512,
            partners: partners,
            restarts: restarts ?? (images <= Self.mostOfWhole ? Self.usualRestarts : Self.fewRestarts)
        )
    }
}
