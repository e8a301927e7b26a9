import ArgumentParser
import Clustering

/// How SCAN's heads are trained.
struct ScanOptions: ParsableArguments {
    /// What heads follow their slopes by.
    enum Follower: String, CaseIterable, ExpressibleByArgument {
        case adam, sgd
    }

    @Option(
        help: ArgumentHelp("Neighbours to find of each row, and to draw from. (default: 50)", valueName: "n"),
        transform: Bounded.integer(in: 1...Int(Int32.max))
    )
    var neighbors: Int?

    @Option(
        help: ArgumentHelp(
            "Neighbours of an earlier run, a neighbors.npy of the same rows. (default: find them)",
            valueName: "file"
        ),
        completion: .file()
    )
    var neighborsFile: String?

    @Option(
        help: "Weight of the entropy of the mean prediction, which keeps clusters of one size. (default: 5)",
        transform: Bounded.number(in: 0...1e6)
    )
    var entropyWeight: Double = 5

    @Option(
        help: "Heads to train at once, of which the best on rows held out is kept. (default: 10)",
        transform: Bounded.integer(in: 1...1000)
    )
    var heads: Int = 10

    @Option(
        help: "Width of a head's hidden layer; 0 for linear heads. (default: \(defaultHidden))",
        transform: Bounded.integer(in: 0...65_536)
    )
    var hidden: Int = defaultHidden

    @Option(help: "Times that every row is visited. (default: 100)", transform: Bounded.integer(in: 1...1_000_000))
    var epochs: Int = 100

    @Option(
        help: "The most rows of a step; the steps of an epoch are of one size. (default: 512)",
        transform: Bounded.integer(in: 2...1_048_576)
    )
    var batchSize: Int = 512

    @Option(help: "What heads follow their slopes by: adam, or sgd with a momentum of 0.9. (default: adam)")
    var optimizer: Follower = .adam

    @Option(
        help: """
            How far a step goes. A tenth and then a hundredth of it where all heads collapse to few clusters. \
            (default: 0.001 with a hidden layer, 0.01 without)
            """,
        transform: Bounded.number(in: 1e-9...1e3)
    )
    var learningRate: Double?

    static let defaultHidden = 128

    static func follower(_ kind: Follower, rate: Double) -> Optimiser {
        switch kind {
        case .adam: .adam(rate: Float(rate), beta1: 0.9, beta2: 0.999)
        case .sgd: .momentum(rate: Float(rate), momentum: 0.9)
        }
    }

    var rate: Double { learningRate ?? (hidden == 0 ? 0.01 : 0.001) }

    func validate() throws {
        if neighborsFile != nil, neighbors != nil {
            throw CommandError(
                .usage,
                "contradictory flags",
                at: "--neighbors with --neighbors-file",
                fix: "leave out one: all neighbours of the file are drawn from"
            )
        }
    }
}

/// How the chosen head learns from its own labels.
struct SelfLabelOptions: ParsableArguments {
    @Flag(help: "Let the head learn from the labels that it is sure of. (default: off)")
    var selfLabel = false

    @Option(
        help: "Probability above which a label counts. (default: 0.99)",
        transform: Bounded.number(in: 0...0.999999)
    )
    var threshold: Double?

    @Option(
        help: "Times that every row is visited. (default: 25)",
        transform: Bounded.integer(in: 1...1_000_000)
    )
    var selfLabelEpochs: Int?

    @Option(help: "How far a step goes. (default: 0.0001)", transform: Bounded.number(in: 1e-9...1e3))
    var selfLabelRate: Double?

    @Option(
        help: """
            What an average over the steps keeps of itself at each; the head is that average at the end. 0: the last \
            parameters as they are. (default: 0)
            """,
        transform: Bounded.number(in: 0...0.999999)
    )
    var averaging: Double?

    @Option(
        help: "Share of coordinates left out of the copies that learn. (default: 0.1)",
        transform: Bounded.number(in: 0...0.99)
    )
    var dropout: Double?

    @Option(
        help: "Length of the normal noise added to those copies, beside a row's of 1. (default: 0.1)",
        transform: Bounded.number(in: 0...10)
    )
    var noise: Double?

    @Flag(help: "Let clusters count by how many sure rows they have, not alike. (default: off)")
    var unbalanced = false

    /// What is given without the stage that it is about.
    private var stray: String? {
        let given: [(String, Bool)] = [
            ("--threshold", threshold != nil), ("--self-label-epochs", selfLabelEpochs != nil),
            ("--self-label-rate", selfLabelRate != nil), ("--averaging", averaging != nil),
            ("--dropout", dropout != nil), ("--noise", noise != nil), ("--unbalanced", unbalanced),
        ]
        return given.first(where: \.1)?.0
    }

    func validate() throws {
        if !selfLabel, let stray {
            throw CommandError(
                .usage,
                "nothing to set",
                at: "\(stray) without --self-label",
                fix: "give --self-label, or leave it out"
            )
        }
    }

    /// Nil where the stage is not wanted.
    func stage(columns: Int, clusters: Int, hidden: Int?) -> ScanClustering.SelfLabelling? {
        guard selfLabel else { return nil }
        let kept = Float(averaging ?? 0)
        return ScanClustering.SelfLabelling(
            objective: SelfLabelObjective(
                columns: columns,
                clusters: clusters,
                hidden: hidden,
                threshold: threshold ?? 0.99,
                isBalanced: !unbalanced,
                augmentation: EmbeddingAugmentation(dropout: dropout ?? 0.1, noise: noise ?? 0.1)
            ),
            optimiser: ScanOptions.follower(.adam, rate: selfLabelRate ?? 1e-4),
            epochs: selfLabelEpochs ?? 25,
            averaging: kept == 0 ? nil : kept
        )
    }
}
