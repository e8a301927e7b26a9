package import Tensors

/// A head of a training.
package struct HeadRole: Sendable, Equatable {
    package var name: String
    /// Which input it reads: 0 is the program's dataset.
    package var input: Int
    package var shape: HeadShape

    package init(name: String, input: Int, shape: HeadShape) {
        self.name = name
        self.input = input
        self.shape = shape
    }
}

/// A loss over the predictions of heads, taken apart into sums over pieces of a batch; METHODS §10.
///
/// For every head there are two groups of rows, which are normalised apart from each other: the anchors and, below them,
/// their partners.
package protocol HeadObjective: Codable, Sendable, Equatable {
    associatedtype Slopes: HeadSlopes

    /// Of the program that trains by it.
    static var programName: String { get }

    /// What the losses of a step are, in order; the last is the total.
    var lossNames: [String] { get }

    var roles: [HeadRole] { get }

    /// How partners are altered before heads see them.
    var partnerAugmentation: EmbeddingAugmentation? { get }

    /// The fields of an answer about the predictions of `tasks` pieces.
    func emptyFields(tasks: Int) -> [(name: String, field: Partial.Field)]

    /// Adds what the loss needs to know about the predictions of one piece.
    /// - Parameter probabilities: of each head, anchors and then as many partners × clusters.
    func summarise(_ probabilities: [Matrix], task: Int, into partial: inout Partial) throws

    /// The losses of a batch, and what tasks must know to find the slopes.
    func judge(_ answer: Partial, rows: Int) throws -> (losses: [Double], arrays: [NamedArray])

    /// - Parameter round: one whose parameters hold the arrays of `judge`.
    func slopes(in round: Round) throws -> Slopes
}

extension HeadObjective {
    package var partnerAugmentation: EmbeddingAugmentation? { nil }
}

/// The backward pass of an objective, for the tasks of one round.
package protocol HeadSlopes {
    /// Turns the probabilities of each head into the loss's slopes with respect to its logits.
    mutating func replace(_ probabilities: inout [Matrix]) throws
}

/// The backward pass of an objective whose partners may be means of predictions instead of predictions.
package protocol ExpectedHeadSlopes: HeadSlopes {
    /// The slopes with respect to the partners' probabilities: of each head, partners × clusters.
    mutating func partnerSlopes(_ probabilities: [Matrix]) -> [Matrix]

    /// Turns the probabilities of each head into slopes with respect to the anchors' logits, anchors × clusters.
    /// - Parameter extra: what the anchors' probabilities contribute as parts of means.
    mutating func replaceAnchors(_ probabilities: inout [Matrix], adding extra: [Matrix])
}
