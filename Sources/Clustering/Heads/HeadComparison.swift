package import Shards
import Tensors

/// The labels that several heads give the rows they have learned from, and what follows: one round.
package struct HeadComparison: Program {
    package struct Settings: Codable, Sendable, Equatable {
        package var heads: Int
        package var clusters: Int

        package init(heads: Int, clusters: Int) {
            self.heads = heads
            self.clusters = clusters
        }
    }

    package struct Model: Sendable {
        /// Nil until the program has finished.
        package internal(set) var agreement: HeadAgreement?
        var heads: [Head]
    }

    package static let name = "head comparison"
    static func headName(_ number: Int) -> String { "head \(number)" }
    static func labelsName(_ number: Int) -> String { "labels \(number)" }

    package let settings: Settings
    package let dataset: Dataset
    /// The coordinator's alone.
    package var heads: [Head] = []

    package init(settings: Settings, dataset: Dataset) {
        self.settings = settings
        self.dataset = dataset
    }

    /// - Throws: `.internalError` where there are not as many heads as the settings say.
    package func begin() throws -> Model {
        guard heads.count == settings.heads, heads.allSatisfy({ $0.shape.clusters == settings.clusters }) else {
            throw ClusteringError(.internalError, "\(heads.count) heads to compare of \(settings.heads); report this")
        }
        return Model(heads: heads)
    }

    package func round(after model: Model) -> Round? {
        guard model.agreement == nil else { return nil }
        let parameters = model.heads.enumerated().map { number, head in
            var array = head.array
            array.name = Self.headName(number)
            return Parameter(array, version: UInt64(number + 1))
        }
        return Round(
            kind: HeadComparisonMapper.kind,
            parameters: parameters,
            blocks: dataset.blockCount,
            deliversRows: false
        )
    }

    package func emptyPartial(for round: Round) throws -> Partial {
        Partial((0..<settings.heads).map { (Self.labelsName($0), .rows(RowPieces())) })
    }

    package func makeMemory() {}

    package func mapper(for round: Round, memory: Void) throws -> any Mapper { try HeadComparisonMapper(self, round) }

    package func advance(_ model: inout Model, with answer: Partial) throws {
        let labels = try (0..<settings.heads).map {
            try answer.labelRows(Self.labelsName($0), count: dataset.rows, clusters: settings.clusters)
        }
        model.agreement = try HeadAgreement(labels: labels, clusters: settings.clusters)
    }

    package func progress(of model: Model) -> Progress {
        Progress(phase: "comparing heads", done: model.agreement == nil ? 0 : 1, limit: 1)
    }
}

/// The round of `HeadComparison`.
struct HeadComparisonMapper: Mapper {
    static let kind = "compare"

    private var tiles: RowTiles
    private var predictors: [HeadPredictor]

    init(_ program: HeadComparison, _ round: Round) throws {
        tiles = RowTiles(of: program.dataset, metric: .cosine)
        predictors = try (0..<program.settings.heads).map { number in
            let head = try Head(round.parameter(HeadComparison.headName(number)).array)
            guard head.shape.inputs == program.dataset.columns, head.shape.clusters == program.settings.clusters else {
                throw Head.malformed
            }
            return HeadPredictor(head)
        }
    }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        var factors: [Float] = []
        let columns = tiles.dataset.columns
        var predictors = predictors
        var labels = [[Int32]](repeating: [], count: predictors.count)
        tiles.forEachTile(of: block, factors: &factors) { rows, values in
            let tile = Matrix(rows: rows.count, columns: columns, values: values.indices.map { values[$0] })
            for number in predictors.indices {
                labels[number] += predictors[number].probabilities(of: tile).greatestColumns().map { Int32($0) }
            }
        }
        self.predictors = predictors
        for number in labels.indices {
            partial.withRows(number) {
                $0.insert(.init(firstRow: block.rows.lowerBound, values: .int32(labels[number])))
            }
        }
    }
}

extension Partial {
    /// The labels of a field of rows, in the order of the rows.
    /// - Throws: `.internalError` where they are not so many, or not of so many clusters.
    fileprivate func labelRows(_ name: String, count: Int, clusters: Int) throws(ClusteringError) -> [Int32] {
        let fault = ClusteringError(.internalError, "answer not as expected: \(name); run the same version everywhere")
        guard case .rows(let rows) = field(name) else { throw fault }
        var labels: [Int32] = []
        for piece in rows.pieces {
            guard case .int32(let values) = piece.values, values.allSatisfy({ 0..<Int32(clusters) ~= $0 }) else {
                throw fault
            }
            labels += values
        }
        guard labels.count == count else { throw fault }
        return labels
    }
}

extension HeadComparison.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        agreement = try reader.read()
        heads = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(agreement)
        writer.write(heads)
    }
}
