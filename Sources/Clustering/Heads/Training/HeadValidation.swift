import Shards
import Tensors

/// How good heads are on rows that they do not learn from: the consistency of each row with some rows beside it, less the
/// entropy of the mean prediction; METHODS §5.2.
///
/// Heads predict as they will later, by their buffers.
package struct HeadValidation: Sendable {
    /// Rows of the dataset.
    package var anchors: [Int]
    /// Lists of as many rows each: beside each anchor stands one of every list, such as itself and its nearest rows.
    package var beside: [[Int]]

    package init(anchors: [Int], beside: [[Int]]) {
        precondition(!anchors.isEmpty && beside.allSatisfy { $0.count == anchors.count }, "lists of different lengths")
        self.anchors = anchors
        self.beside = beside
    }

    var array: NamedArray {
        NamedArray(
            StepInputs.batchName,
            shape: [1 + beside.count, anchors.count],
            .int64(([anchors] + beside).flatMap { $0.map(Int64.init) })
        )
    }
}

/// What the rows held out say of a head.
package struct HeadJudgement: Sendable, Equatable {
    package let loss: Double
    /// Whether the head puts the rows into far fewer clusters than it has.
    package let isCollapsed: Bool

    /// The least share of the clusters that a head must use. SCAN's loss drives at clusters of one size, so that a head
    /// which uses fewer has failed by the loss itself, whatever the true clusters are.
    private static let leastShare = 0.75
    /// Rows held out for each cluster, below which chance alone leaves clusters empty.
    private static let leastRows = 4.0

    /// - Parameter counts: rows that each cluster is the most probable of.
    init(loss: Double, counts: [Double]) {
        self.loss = loss
        let rows = counts.reduce(0, +)
        let entropy = counts.reduce(0) { entropy, count in
            count > 0 ? entropy - count / rows * DeterministicMath.log(count / rows) : entropy
        }
        let most = min(Double(counts.count), rows / Self.leastRows)
        // exp(H) clusters of one size are as uneven as these.
        isCollapsed = most > 1 && entropy < DeterministicMath.log(Self.leastShare * most)
    }

    init(loss: Double, isCollapsed: Bool) {
        self.loss = loss
        self.isCollapsed = isCollapsed
    }

    /// Whether this head is to be preferred to another.
    package func isBetter(than other: HeadJudgement) -> Bool {
        guard isCollapsed == other.isCollapsed else { return other.isCollapsed }
        return loss < other.loss
    }
}

/// The head with the least loss on the rows that were held out, as it was then; one that has not collapsed, where there was
/// any.
package struct ChosenHead: Sendable, Equatable {
    package internal(set) var head: Head
    /// Its number among the heads that were trained at once.
    package let number: Int
    /// From 0.
    package let epoch: Int
    package let judgement: HeadJudgement
}

/// Before a round of validation.
struct HeadCheck: Sendable {
    var batch: Parameter
    /// Of each head, with its buffers.
    var heads: [Parameter]

    var lists: Int { batch.array.shape[0] - 1 }
    var rows: Int { batch.array.shape[1] }

    static func headName(_ number: Int) -> String { "head \(number)" }

    /// Numbers that are summed of a head.
    static func sums(ofClusters clusters: Int) -> Int { 2 * clusters + 1 }

    func judgements(_ answer: Partial, clusters: Int) throws -> [HeadJudgement] {
        let sums = try answer.doubleTree("sums")
        return heads.indices.map { head in
            let start = head * Self.sums(ofClusters: clusters)
            let columns = Array(sums[start..<start + clusters])
            let consistency = -sums[start + clusters] / Double(rows * lists)
            return HeadJudgement(
                loss: consistency - BalanceEntropy.entropy(columns, rows: rows, floor: SCANObjective.floor),
                counts: Array(sums[start + clusters + 1..<start + 2 * clusters + 1])
            )
        }
    }
}

/// The round `validation`: for each head Σp of the anchors, Σ log p·q over all rows beside them, and how many anchors each
/// cluster is the most probable of.
struct HeadValidationMapper: Mapper {
    static let kind = "validation"

    private let lists: [[Int64]]
    private let gather: RowGather
    private var predictors: [HeadPredictor]

    init(_ dataset: Dataset, _ round: Round, heads: Int) throws {
        let batch = try round.parameter(StepInputs.batchName).array
        let numbers = try batch.integers()
        guard batch.shape.count == 2, batch.shape[0] >= 2, numbers.allSatisfy({ 0..<Int64(dataset.rows) ~= $0 }) else {
            throw ClusteringError(.internalError, "validation without rows; run the same version of coterie everywhere")
        }
        let count = batch.shape[1]
        lists = (0..<batch.shape[0]).map { Array(numbers[$0 * count..<($0 + 1) * count]) }
        gather = RowGather(dataset: dataset)
        predictors = try (0..<heads).map { HeadPredictor(try Head(round.parameter(HeadCheck.headName($0)).array)) }
    }

    mutating func map(_ block: Block, into partial: inout Partial) {
        let rows = lists.map { gather.read([$0[block.rows]]) }
        var sums: [Double] = []
        for head in predictors.indices {
            let anchors = predictors[head].probabilities(of: rows[0])
            var columns = ColumnSums(columns: anchors.columns)
            columns.add(anchors.values.span, anchors.values.span)
            var confidences = Confidence.Sums()
            for others in rows.dropFirst() {
                let beside = predictors[head].probabilities(of: others)
                confidences.add(Confidence.agreements(anchors.values.span, beside))
            }
            sums += columns.sums + [confidences.logarithms] + Self.counts(anchors)
        }
        partial.insert(sums, task: block.number, intoTree: 0)
    }
}

extension HeadValidationMapper {
    fileprivate static func counts(_ probabilities: Matrix) -> [Double] {
        var counts = [Double](repeating: 0, count: probabilities.columns)
        for cluster in probabilities.greatestColumns() { counts[cluster] += 1 }
        return counts
    }
}

extension HeadJudgement: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        self.init(loss: try reader.read(), isCollapsed: try reader.read())
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(loss)
        writer.write(isCollapsed)
    }
}

extension HeadCheck: ModelCoded {
    init(from reader: inout ModelReader) throws {
        batch = try reader.read()
        heads = try reader.read()
        guard batch.array.shape.count == 2 else { throw ClusteringError.modelUnreadable }
    }

    func write(to writer: inout ModelWriter) {
        writer.write(batch)
        writer.write(heads)
    }
}

extension ChosenHead: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        head = try reader.read()
        number = try reader.read()
        epoch = try reader.read()
        judgement = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(head)
        writer.write(number)
        writer.write(epoch)
        writer.write(judgement)
    }
}
