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

/// The head with the least loss on the rows that were held out, as it was then.
package struct ChosenHead: Sendable, Equatable {
    package let head: Head
    /// Its number among the heads that were trained at once.
    package let number: Int
    /// From 0.
    package let epoch: Int
    package let loss: Double
}

/// Before a round of validation.
struct HeadCheck: Sendable {
    var batch: Parameter
    /// Of each head, with its buffers.
    var heads: [Parameter]

    var lists: Int { batch.array.shape[0] - 1 }
    var rows: Int { batch.array.shape[1] }

    static func headName(_ number: Int) -> String { "head \(number)" }

    /// The loss of each head.
    func losses(_ answer: Partial, clusters: Int) throws -> [Double] {
        let sums = try answer.doubleTree("sums")
        return heads.indices.map { head in
            let start = head * (clusters + 1)
            let columns = Array(sums[start..<start + clusters])
            let consistency = -sums[start + clusters] / Double(rows * lists)
            return consistency - BalanceEntropy.entropy(columns, rows: rows, floor: SCANObjective.floor)
        }
    }
}

/// The round `validation`: for each head Σp of the anchors, and Σ log p·q over all rows beside them.
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
        let rows = lists.map { list in
            var matrix = Matrix(rows: block.rows.count, columns: gather.dataset.columns)
            gather.read(list[block.rows], into: &matrix, from: 0)
            return matrix
        }
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
            sums += columns.sums + [confidences.logarithms]
        }
        partial.insert(sums, task: block.number, intoTree: 0)
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
        loss = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(head)
        writer.write(number)
        writer.write(epoch)
        writer.write(loss)
    }
}
