package import Tensors

/// SCAN's last stage: rows that a head is sure of are labels for altered copies of themselves; METHODS §5.3.
///
/// A batch's anchors are rows as they are, its partners the same rows with coordinates left out and noise added, which
/// stand for the augmented images of the paper.
package struct SelfLabelObjective: HeadObjective {
    package var columns: Int
    package var clusters: Int
    /// Nil for a linear head.
    package var hidden: Int?
    /// A row counts where its greatest probability is above this.
    package var threshold: Double
    /// Whether clusters count alike, however many rows of them count.
    package var isBalanced: Bool
    package var augmentation: EmbeddingAugmentation

    package init(
        columns: Int,
        clusters: Int,
        hidden: Int? = nil,
        threshold: Double = 0.99,
        isBalanced: Bool = true,
        augmentation: EmbeddingAugmentation = .init()
    ) {
        self.columns = columns
        self.clusters = clusters
        self.hidden = hidden
        self.threshold = threshold
        self.isBalanced = isBalanced
        self.augmentation = augmentation
    }

    package static let programName = "self-label heads"

    package var lossNames: [String] { ["confident", "total"] }

    package var roles: [HeadRole] {
        [
            HeadRole(
                name: "head",
                input: 0,
                shape: HeadShape(inputs: columns, hidden: hidden, clusters: clusters)
            )
        ]
    }

    package var partnerAugmentation: EmbeddingAugmentation? { augmentation }

    package func emptyFields(tasks: Int) -> [(name: String, field: Partial.Field)] {
        [
            ("counts", .counts([Int64](repeating: 0, count: clusters))),
            ("losses", .doubleTree(TreeSums(tasks: tasks, count: clusters))),
        ]
    }

    package func summarise(_ probabilities: [Matrix], task: Int, into partial: inout Partial) {
        let groups = HeadGroups(probabilities[0])
        var losses = [Double](repeating: 0, count: clusters)
        let labels = Self.labels(groups.anchors, above: threshold)
        for (row, label) in labels.enumerated() {
            guard let label else { continue }
            let probability = max(Double(groups.partners[row, label]), .leastNormalMagnitude)
            losses[label] -= DeterministicMath.log(probability)
        }
        partial.withCounts(partial.index(of: "counts")) { counts in
            for case let label? in labels { counts[label] += 1 }
        }
        partial.insert(losses, task: task, intoTree: partial.index(of: "losses"))
    }

    /// The cluster of each row that counts.
    static func labels(_ probabilities: Matrix, above threshold: Double) -> [Int?] {
        probabilities.greatestColumns().enumerated().map { row, cluster in
            Double(probabilities[row, cluster]) > threshold ? cluster : nil
        }
    }

    /// A batch in which the head is sure of no row teaches nothing.
    package func judge(_ answer: Partial, rows: Int) throws -> (losses: [Double], arrays: [NamedArray]) {
        let counts = answer.counts("counts")
        let confident = counts.reduce(0, +)
        let weights = counts.map { $0 == 0 ? 0 : isBalanced ? Double(confident) / Double($0) : 1 }
        let total = max(zip(weights, counts).reduce(0) { $0 + $1.0 * Double($1.1) }, 1)
        let losses = try answer.doubleTree("losses")
        let loss = zip(weights, losses).reduce(0) { $0 + $1.0 * $1.1 } / total
        return (
            [Double(confident) / Double(rows), loss],
            [NamedArray("weights", shape: [clusters], .float32(weights.map { Float($0 / total) }))]
        )
    }

    package func slopes(in round: Round) throws -> SelfLabelSlopes { try SelfLabelSlopes(self, round) }
}

/// The backward pass of self-labelling: only the altered rows have slopes.
package struct SelfLabelSlopes: HeadSlopes {
    private let threshold: Double
    private let weights: [Float]

    init(_ objective: SelfLabelObjective, _ round: Round) throws {
        threshold = objective.threshold
        weights = try round.parameter("weights").array.floats(count: objective.clusters)
    }

    package mutating func replace(_ probabilities: inout [Matrix]) {
        let groups = HeadGroups(probabilities[0])
        let labels = SelfLabelObjective.labels(groups.anchors, above: threshold)
        var slopes = [Float](repeating: 0, count: groups.anchors.values.count)
        for (row, label) in labels.enumerated() {
            let weight = label.map { weights[$0] } ?? 0
            for (cluster, probability) in groups.partners.row(row).enumerated() {
                slopes.append(weight * (probability - (cluster == label ? 1 : 0)))
            }
        }
        probabilities[0] = Matrix(rows: probabilities[0].rows, columns: weights.count, values: slopes)
    }
}
