package import Tensors

/// SCAN's loss (Van Gansbeke et al. 2020): a row and its neighbour have one cluster, and clusters are of one size;
/// METHODS §5.2.
///
/// Several heads may be trained at once, each for itself; the loss is the sum of theirs.
package struct SCANObjective: HeadObjective {
    package var columns: Int
    package var clusters: Int
    package var heads: Int
    /// Nil for linear heads.
    package var hidden: Int?
    /// λ.
    package var entropyWeight: Double

    package init(columns: Int, clusters: Int, heads: Int = 1, hidden: Int? = nil, entropyWeight: Double = 5) {
        self.columns = columns
        self.clusters = clusters
        self.heads = heads
        self.hidden = hidden
        self.entropyWeight = entropyWeight
    }

    package static let programName = "scan heads"

    /// No mean probability is taken to be less.
    static let floor = 1e-8

    package var lossNames: [String] {
        (0..<heads).flatMap { ["consistency \($0)", "entropy \($0)"] } + ["total"]
    }

    package var roles: [HeadRole] {
        (0..<heads).map {
            HeadRole(
                name: heads == 1 ? "head" : "head\($0)",
                input: 0,
                shape: HeadShape(inputs: columns, hidden: hidden, clusters: clusters)
            )
        }
    }

    package func emptyFields(tasks: Int) -> [(name: String, field: Partial.Field)] {
        [("sums", .doubleTree(TreeSums(tasks: tasks, count: heads * (clusters + 1))))]
    }

    package func summarise(_ probabilities: [Matrix], task: Int, into partial: inout Partial) {
        var sums: [Double] = []
        for head in probabilities {
            let groups = HeadGroups(head)
            var columns = ColumnSums(columns: clusters)
            columns.add(groups.anchors.values.span, groups.anchors.values.span)
            var confidences = Confidence.Sums()
            confidences.add(Confidence.agreements(groups.anchors.values.span, groups.partners))
            sums += columns.sums + [confidences.logarithms]
        }
        partial.insert(sums, task: task, intoTree: partial.index(of: "sums"))
    }

    package func judge(_ answer: Partial, rows: Int) throws -> (losses: [Double], arrays: [NamedArray]) {
        let sums = try answer.doubleTree("sums")
        var losses: [Double] = []
        var offsets: [Float] = []
        var total = 0.0
        for head in 0..<heads {
            let start = head * (clusters + 1)
            let columns = Array(sums[start..<start + clusters])
            let consistency = Confidence.code.loss(.init(logarithms: sums[start + clusters]), rows: rows)
            let entropy = BalanceEntropy.entropy(columns, rows: rows, floor: Self.floor)
            offsets += BalanceEntropy.offsets(columns, rows: rows, weight: entropyWeight, floor: Self.floor)
            losses += [consistency, entropy]
            total += consistency - entropyWeight * entropy
        }
        return (
            losses + [total],
            [
                NamedArray("offsets", shape: [heads, clusters], .float32(offsets)),
                NamedArray("rows", [Int64(rows)]),
            ]
        )
    }

    package func slopes(in round: Round) throws -> SCANSlopes { try SCANSlopes(self, round) }
}

/// The two groups of a head's rows.
struct HeadGroups {
    let anchors: Matrix
    let partners: Matrix

    init(_ rows: Matrix) {
        let half = rows.values.count / 2
        anchors = Matrix(rows: rows.rows / 2, columns: rows.columns, values: Array(rows.values[..<half]))
        partners = Matrix(rows: rows.rows / 2, columns: rows.columns, values: Array(rows.values[half...]))
    }
}

/// SCAN's backward pass.
package struct SCANSlopes: HeadSlopes {
    private let clusters: Int
    private let offsets: [Float]
    private let rows: Int

    init(_ objective: SCANObjective, _ round: Round) throws {
        clusters = objective.clusters
        offsets = try round.parameter("offsets").array.floats(count: objective.heads * objective.clusters)
        rows = Int(try round.parameter("rows").array.integers(count: 1)[0])
    }

    package mutating func replace(_ probabilities: inout [Matrix]) {
        let none = [Float](repeating: 0, count: clusters)
        for head in probabilities.indices {
            let groups = HeadGroups(probabilities[head])
            let agreements = Confidence.agreements(groups.anchors.values.span, groups.partners)
            let factors = Confidence.code.factors(agreements, rows: rows, products: 0)
            let own = Array(offsets[head * clusters..<(head + 1) * clusters])
            let anchors = Self.slopes(groups.anchors, beside: groups.partners, factors, own)
            let partners = Self.slopes(groups.partners, beside: groups.anchors, factors, none)
            probabilities[head] = Matrix(
                rows: 2 * anchors.rows,
                columns: clusters,
                values: anchors.values + partners.values
            )
        }
    }

    private static func slopes(_ own: Matrix, beside other: Matrix, _ factors: [Float], _ offsets: [Float]) -> Matrix {
        var result = Matrix(rows: own.rows, columns: own.columns)
        result.withMutableValues {
            Softmax.propagate(
                &$0,
                through: own.values.span,
                offsets: offsets.span,
                factors: factors.span,
                other: other.values.span
            )
        }
        return result
    }
}
