package import Tensors

/// TAC's loss (Li et al. 2024): clusters of the image head and of the text head are held together across neighbours,
/// both heads agree on each image, and clusters are of one size; METHODS §4.
package struct TACObjective: HeadObjective {
    package var imageColumns: Int
    package var textColumns: Int
    package var clusters: Int
    package var hidden: Int
    /// τ̂; nil for 0.5 up to 100 clusters and 5 above.
    package var contrastTemperature: Double
    /// α.
    package var balance: Double
    package var confidence: Confidence

    package init(
        imageColumns: Int,
        textColumns: Int,
        clusters: Int,
        hidden: Int = 512,
        contrastTemperature: Double? = nil,
        balance: Double = 5,
        confidence: Confidence = .code
    ) {
        self.imageColumns = imageColumns
        self.textColumns = textColumns
        self.clusters = clusters
        self.hidden = hidden
        self.contrastTemperature = contrastTemperature ?? (clusters <= 100 ? 0.5 : 5)
        self.balance = balance
        self.confidence = confidence
    }

    package static let programName = "tac heads"

    /// No mean probability is taken to be less.
    static let floor = 1e-9

    package var lossNames: [String] { ["distillation", "confidence", "entropy", "total"] }

    package var roles: [HeadRole] {
        [
            HeadRole(
                name: "image",
                input: 0,
                shape: HeadShape(inputs: imageColumns, hidden: hidden, clusters: clusters)
            ),
            HeadRole(
                name: "text",
                input: 1,
                shape: HeadShape(inputs: textColumns, hidden: hidden, clusters: clusters)
            ),
        ]
    }

    package func emptyFields(tasks: Int) -> [(name: String, field: Partial.Field)] {
        let triangle = ColumnContrast.triangleCount(clusters: clusters)
        return [
            ("grams", .floatTree(TreeSums(tasks: tasks, count: 2 * triangle))),
            ("sums", .doubleTree(TreeSums(tasks: tasks, count: 2 * clusters + 2))),
        ]
    }

    package func summarise(_ probabilities: [Matrix], task: Int, into partial: inout Partial) {
        var product = OrderedProduct()
        let pair = ContrastPair(probabilities)
        let grams = ColumnContrast.gram(of: pair.first, &product) + ColumnContrast.gram(of: pair.second, &product)
        partial.insert(grams, task: task, intoTree: partial.index(of: "grams"))
        var sums: [Double] = []
        for head in probabilities {
            var columns = ColumnSums(columns: clusters)
            let anchors = head.values.span.extracting(0..<head.values.count / 2)
            columns.add(anchors, anchors)
            sums += columns.sums
        }
        var confidences = Confidence.Sums()
        confidences.add(Self.agreements(probabilities))
        sums += [confidences.logarithms, confidences.products]
        partial.insert(sums, task: task, intoTree: partial.index(of: "sums"))
    }

    /// Of the anchors: p_i·q_i.
    static func agreements(_ probabilities: [Matrix]) -> [Double] {
        let images = probabilities[0]
        return Confidence.agreements(images.values.span.extracting(0..<images.values.count / 2), probabilities[1])
    }

    package func judge(_ answer: Partial, rows: Int) throws -> (losses: [Double], arrays: [NamedArray]) {
        let grams = try answer.floatTree("grams")
        let half = grams.count / 2
        let first = ColumnContrast(gram: grams[..<half], clusters: clusters, temperature: contrastTemperature)
        let second = ColumnContrast(gram: grams[half...], clusters: clusters, temperature: contrastTemperature)
        let sums = try answer.doubleTree("sums")
        let columns = [Array(sums[..<clusters]), Array(sums[clusters..<2 * clusters])]
        let agreement = Confidence.Sums(logarithms: sums[2 * clusters], products: sums[2 * clusters + 1])
        let distillation = first.loss + second.loss
        let confidence = confidence.loss(agreement, rows: rows)
        let entropy = columns.reduce(0) { $0 + BalanceEntropy.entropy($1, rows: rows, floor: Self.floor) }
        let offsets = columns.flatMap {
            BalanceEntropy.offsets($0, rows: rows, weight: balance, floor: Self.floor)
        }
        return (
            [distillation, confidence, entropy, distillation + confidence - balance * entropy],
            [
                NamedArray(
                    "contrast",
                    shape: [2, 2 * clusters, 2 * clusters],
                    .float32(first.slopes + second.slopes)
                ),
                NamedArray("offsets", shape: [2, clusters], .float32(offsets)),
                NamedArray("agreement", [Double(rows), agreement.products]),
            ]
        )
    }

    package func slopes(in round: Round) throws -> TACSlopes { try TACSlopes(self, round) }
}

/// [P Qᴺ] and [Q Pᴺ]: the columns that TAC's loss holds against each other.
struct ContrastPair {
    let first: Matrix
    let second: Matrix

    /// - Parameter probabilities: of the image head and of the text head, anchors and then partners.
    init(_ probabilities: [Matrix]) {
        let (images, texts) = (probabilities[0], probabilities[1])
        first = Self.beside(images, texts)
        second = Self.beside(texts, images)
    }

    /// The upper half of `anchors` beside the lower half of `partners`.
    private static func beside(_ anchors: Matrix, _ partners: Matrix) -> Matrix {
        let (rows, columns) = (anchors.rows / 2, anchors.columns)
        var values: [Float] = []
        values.reserveCapacity(2 * rows * columns)
        for row in 0..<rows {
            values += anchors.row(row)
            values += partners.row(rows + row)
        }
        return Matrix(rows: rows, columns: 2 * columns, values: values)
    }
}

/// TAC's backward pass.
package struct TACSlopes: ExpectedHeadSlopes {
    private let objective: TACObjective
    private let contrast: [PackedColumns]
    private let offsets: [Float]
    private let rows: Int
    private let products: Double
    private var product = OrderedProduct()

    init(_ objective: TACObjective, _ round: Round) throws {
        self.objective = objective
        let size = 2 * objective.clusters
        let slopes = try round.parameter("contrast").array.floats(count: 2 * size * size)
        contrast = [
            PackedColumns(slopes.span.extracting(0..<size * size), inner: size),
            PackedColumns(slopes.span.extracting(size * size..<2 * size * size), inner: size),
        ]
        offsets = try round.parameter("offsets").array.floats(count: size)
        let agreement = try round.parameter("agreement").array.doubles(count: 2)
        (rows, products) = (Int(agreement[0]), agreement[1])
    }

    package mutating func replace(_ probabilities: inout [Matrix]) {
        var slopes = probabilitySlopes(probabilities)
        let factors = factors(probabilities)
        for head in slopes.indices {
            propagateAnchors(&slopes[head], probabilities, head, factors)
            Self.propagatePartners(&slopes[head], probabilities[head])
        }
        probabilities = slopes
    }

    package mutating func partnerSlopes(_ probabilities: [Matrix]) -> [Matrix] {
        probabilitySlopes(probabilities).map { HeadGroups($0).partners }
    }

    package mutating func replaceAnchors(_ probabilities: inout [Matrix], adding extra: [Matrix]) {
        var slopes = probabilitySlopes(probabilities).map { HeadGroups($0).anchors }
        let factors = factors(probabilities)
        for head in slopes.indices {
            slopes[head].add(extra[head])
            propagateAnchors(&slopes[head], probabilities, head, factors)
        }
        probabilities = slopes
    }

    /// The contrast's slopes with respect to the probabilities of each head, anchors and then partners.
    private mutating func probabilitySlopes(_ probabilities: [Matrix]) -> [Matrix] {
        let pair = ContrastPair(probabilities)
        let first = slopes(of: pair.first, contrast[0])
        let second = slopes(of: pair.second, contrast[1])
        // The anchors' slopes are in the left half of their own pair, those of the partners in the right half of the other.
        return [Self.halves(first, second), Self.halves(second, first)]
    }

    private func factors(_ probabilities: [Matrix]) -> [Float] {
        objective.confidence.factors(TACObjective.agreements(probabilities), rows: rows, products: products)
    }

    private mutating func slopes(of columns: Matrix, _ contrast: PackedColumns) -> Matrix {
        var result = Matrix(rows: columns.rows, columns: columns.columns)
        result.withMutableValues { product.multiply(columns.values.span, by: contrast, into: &$0) }
        return result
    }

    /// The left half of `own` above the right half of `other`.
    private static func halves(_ own: Matrix, _ other: Matrix) -> Matrix {
        let columns = own.columns / 2
        var values: [Float] = []
        values.reserveCapacity(own.values.count)
        for row in 0..<own.rows { values += own.row(row).prefix(columns) }
        for row in 0..<other.rows { values += other.row(row).suffix(columns) }
        return Matrix(rows: 2 * own.rows, columns: columns, values: values)
    }

    /// From the contrast's slopes in the first rows to those of all losses with respect to the anchors' logits.
    private func propagateAnchors(_ slopes: inout Matrix, _ probabilities: [Matrix], _ head: Int, _ factors: [Float]) {
        let anchors = 0..<factors.count * objective.clusters
        let own = head * objective.clusters..<(head + 1) * objective.clusters
        let (mine, others) = (probabilities[head], probabilities[1 - head])
        slopes.withMutableValues { values in
            var upper = values._mutatingExtracting(anchors)
            Softmax.propagate(
                &upper,
                through: mine.values.span.extracting(anchors),
                offsets: offsets.span.extracting(own),
                factors: factors.span,
                other: others.values.span.extracting(anchors)
            )
        }
    }

    private static func propagatePartners(_ slopes: inout Matrix, _ probabilities: Matrix) {
        let partners = probabilities.values.count / 2..<probabilities.values.count
        let noOffsets = [Float](repeating: 0, count: probabilities.columns)
        let noFactors = [Float](repeating: 0, count: probabilities.rows / 2)
        slopes.withMutableValues { values in
            var lower = values._mutatingExtracting(partners)
            Softmax.propagate(
                &lower,
                through: probabilities.values.span.extracting(partners),
                offsets: noOffsets.span,
                factors: noFactors.span,
                other: probabilities.values.span.extracting(partners)
            )
        }
    }
}
