import Shards
import Tensors

/// Of the nearest rows of every row, those that stay near when the row is altered, in two ways; METHODS §7.2.
///
/// Half of the candidates are kept by how near they are to the row under a strong alteration, and half of those by the
/// probability they have for the cluster that a head gives the row under a weak one. Both alterations come as embeddings
/// of the altered images, one for each row.
struct SemanticNeighbors: Program {
    struct Settings: Codable, Sendable {
        /// Neighbours to keep of each row; four times as many are looked at.
        var count: Int
        var strongView: DatasetDescription
        var weakView: DatasetDescription
    }

    struct Model: Sendable {
        var isFinished = false
        var parameters: [Parameter] = []
    }

    static let name = "semantic neighbors"
    static let field = "semantic"
    static let candidatesName = "candidates"
    /// Candidates for each neighbour that is kept.
    static let candidatesPerNeighbor = 4
    /// The most candidates of all rows: they go to workers in one piece.
    static let mostCandidates = 1 << 28

    let settings: Settings
    let dataset: Dataset
    let strongView: Dataset
    let weakView: Dataset
    /// The coordinator's alone.
    var candidates: (any NeighborSource)?
    /// The coordinator's alone.
    var head: Head?

    init(settings: Settings, dataset: Dataset) throws {
        self.settings = settings
        self.dataset = dataset
        strongView = try Dataset(description: settings.strongView)
        weakView = try Dataset(description: settings.weakView)
        for view in [strongView, weakView] where view.rows != dataset.rows || view.columns != dataset.columns {
            throw ClusteringError(
                .badData,
                "view of \(view.rows) × \(view.columns), rows of \(dataset.rows) × \(dataset.columns): \(view.path); "
                    + "give the same rows, altered"
            )
        }
        guard dataset.rows <= Self.mostCandidates / (Self.candidatesPerNeighbor * settings.count) else {
            throw ClusteringError(
                .badData,
                "too many candidates: \(dataset.rows) rows with \(Self.candidatesPerNeighbor) times \(settings.count) "
                    + "neighbours; ask for fewer neighbours"
            )
        }
    }

    func begin() throws -> Model {
        guard let candidates, let head else {
            throw ClusteringError(.internalError, "views without candidates or a head; report this")
        }
        let count = Self.candidatesPerNeighbor * settings.count
        let numbers = (0..<dataset.rows).flatMap { row in
            (0..<count).map { Int32(candidates.neighbor($0, ofRow: row)) }
        }
        return Model(parameters: [
            Parameter(NamedArray(Self.candidatesName, shape: [dataset.rows, count], .int32(numbers)), version: 1),
            Parameter(head.array, version: 2),
        ])
    }

    func round(after model: Model) -> Round? {
        guard !model.isFinished else { return nil }
        return Round(kind: "views", parameters: model.parameters, blocks: dataset.blockCount)
    }

    func emptyPartial(for round: Round) -> Partial { Partial([(Self.field, .rows(RowPieces()))]) }

    func makeMemory() {}

    func mapper(for round: Round, memory: Void) throws -> any Mapper { try SemanticMapper(self, round) }

    func advance(_ model: inout Model, with answer: Partial) { model = Model(isFinished: true) }

    func progress(of model: Model) -> Progress {
        Progress(phase: "comparing views", done: model.isFinished ? 1 : 0, limit: 1)
    }
}

/// The blocks of the round.
private struct SemanticMapper: Mapper {
    private let count: Int
    private let candidates: [Int32]
    private let rows: RowGather
    private let strong: RowGather
    private let weak: RowGather
    private var predictor: HeadPredictor
    private var product = OrderedProduct()

    init(_ program: SemanticNeighbors, _ round: Round) throws {
        let array = try round.parameter(SemanticNeighbors.candidatesName).array
        let head = try Head(round.parameter(HeadLabelling.parameterName).array)
        let range = 0..<Int32(program.dataset.rows)
        count = program.settings.count
        guard case .int32(let numbers) = array.values,
            numbers.count == program.dataset.rows * SemanticNeighbors.candidatesPerNeighbor * count,
            numbers.allSatisfy(range.contains), head.shape.inputs == program.dataset.columns
        else {
            throw ClusteringError(.internalError, "candidates of other rows: views; run the same version everywhere")
        }
        candidates = numbers
        rows = RowGather(dataset: program.dataset)
        strong = RowGather(dataset: program.strongView)
        weak = RowGather(dataset: program.weakView)
        predictor = HeadPredictor(head)
    }

    mutating func map(_ block: Block, into partial: inout Partial) {
        var kept: [Int32] = []
        kept.reserveCapacity(block.rows.count * count)
        for row in block.rows { kept += neighbors(of: row) }
        partial.withRows(0) { $0.insert(.init(firstRow: block.rows.lowerBound, values: .int32(kept))) }
    }

    private mutating func neighbors(of row: Int) -> [Int32] {
        let number = SemanticNeighbors.candidatesPerNeighbor * count
        let own = Array(candidates[row * number..<(row + 1) * number])
        let matrix = read(own.map(Int64.init), rows)
        let near = Self.best(2 * count, of: similarities(of: row, to: matrix))
        let columns = matrix.columns
        let half = Matrix(
            rows: near.count,
            columns: columns,
            values: near.flatMap { matrix.values[$0 * columns..<($0 + 1) * columns] }
        )
        let cluster = predictor.probabilities(of: read([Int64(row)], weak)).greatestColumns()[0]
        let probabilities = predictor.probabilities(of: half)
        return Self.best(count, of: (0..<near.count).map { probabilities[$0, cluster] }).map { own[near[$0]] }
    }

    private func read(_ numbers: [Int64], _ gather: RowGather) -> Matrix {
        gather.read([numbers[...]])
    }

    /// Of the strongly altered row to each candidate.
    private mutating func similarities(of row: Int, to matrix: Matrix) -> [Float] {
        let altered = read([Int64(row)], strong)
        let column = PackedColumns(transposed: altered.values.span, inner: altered.columns)
        var result = [Float](repeating: 0, count: matrix.rows)
        var span = result.mutableSpan
        product.multiply(matrix.values.span, by: column, into: &span)
        return result
    }

    /// The places of the greatest values, ascending; ties to the nearer candidate.
    private static func best(_ count: Int, of values: [Float]) -> [Int] {
        values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }.prefix(count).sorted()
    }
}

extension SemanticNeighbors.Model: ModelCoded {
    init(from reader: inout ModelReader) throws {
        isFinished = try reader.read()
        parameters = try reader.read()
    }

    func write(to writer: inout ModelWriter) {
        writer.write(isFinished)
        writer.write(parameters)
    }
}
