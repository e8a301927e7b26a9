package import Shards
package import Tensors

/// Text counterparts: t̃_i = unit(Σ_j softmax_j(v_i·t_j/τ̃) t_j) of every image i over the nouns j; METHODS §3.
///
/// The nouns go to every worker, the images stay in their blocks. One round, whose rows go to the sink as `text`.
package struct Retrieval: Program {
    package struct Settings: Codable, Sendable, Equatable {
        /// τ̃, above 0.
        package var temperature: Double

        package init(temperature: Double = 0.005) {
            self.temperature = temperature
        }
    }

    package struct Model: Sendable {
        /// Nil once the counterparts are written.
        var nouns: Parameter?
    }

    /// The field of the rows.
    package static let field = "text"

    package static let name = "retrieval"

    package let settings: Settings
    package let dataset: Dataset
    /// The coordinator's alone: unit rows.
    package var nouns: Matrix?

    /// - Throws: `.usage` for a temperature that is not above 0.
    package init(settings: Settings, dataset: Dataset) throws(ClusteringError) {
        guard settings.temperature > 0 && settings.temperature.isFinite else {
            throw ClusteringError(
                .usage,
                "setting out of range, retrieval temperature: \(settings.temperature); give more than 0"
            )
        }
        self.settings = settings
        self.dataset = dataset
    }

    /// - Throws: `.badData` where there are no nouns, or they are not as long as the images.
    package func begin() throws -> Model {
        guard let nouns, nouns.rows > 0 else {
            throw ClusteringError(.badData, "no nouns were chosen: retrieval; choose more per centre, or other nouns")
        }
        guard nouns.columns == dataset.columns else {
            throw ClusteringError(
                .badData,
                "nouns of \(nouns.columns) columns, images of \(dataset.columns): \(dataset.path); "
                    + "embed both with the same model"
            )
        }
        return Model(nouns: Parameter(NamedArray(RetrievalMapper.nounsName, nouns), version: 1))
    }

    package func round(after model: Model) -> Round? {
        model.nouns.map { Round(kind: RetrievalMapper.kind, parameters: [$0], blocks: dataset.blockCount) }
    }

    package func emptyPartial(for round: Round) -> Partial { Partial([(Self.field, .rows(RowPieces()))]) }

    package func makeMemory() {}

    package func mapper(for round: Round, memory: Void) throws -> any Mapper { try RetrievalMapper(self, round) }

    package func advance(_ model: inout Model, with answer: Partial) { model.nouns = nil }

    package func progress(of model: Model) -> Progress {
        Progress(phase: "retrieving", done: model.nouns == nil ? 1 : 0, limit: 1)
    }
}

extension Retrieval.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws { nouns = try reader.read() }

    package func write(to writer: inout ModelWriter) { writer.write(nouns) }
}

/// The round of `Retrieval`.
struct RetrievalMapper: Mapper {
    static let kind = "retrieve"
    static let nounsName = "nouns"

    private let temperature: Double
    /// To multiply images with, columns × nouns, and weights, nouns × columns.
    private let nouns: (similarities: PackedColumns, means: PackedColumns)
    private var tiles: RowTiles
    private var product = OrderedProduct()

    init(_ program: Retrieval, _ round: Round) throws {
        temperature = program.settings.temperature
        let nouns = try round.parameter(Self.nounsName).array.matrix()
        guard nouns.columns == program.dataset.columns, nouns.rows > 0 else { throw round.missing(Self.nounsName) }
        self.nouns = (
            PackedColumns(transposed: nouns.values.span, inner: nouns.columns),
            PackedColumns(nouns.values.span, inner: nouns.rows)
        )
        tiles = RowTiles(of: program.dataset, metric: .cosine)
    }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        var counterparts: [Float] = []
        var factors: [Float] = []
        var product = product
        let (nouns, temperature) = (nouns, temperature)
        tiles.forEachTile(of: block, factors: &factors) { _, values in
            var weights = Matrix(products: values, with: nouns.similarities, &product)
            weights.softmaxRows(temperature: temperature)
            var means = Matrix(products: weights.values.span, with: nouns.means, &product)
            means.normaliseRows()
            counterparts += means.values
        }
        self.product = product
        partial.withRows(0) { $0.insert(.init(firstRow: block.rows.lowerBound, values: .float32(counterparts))) }
    }
}

extension Matrix {
    /// The dot products of every row of a tile with every row of a matrix.
    init(products tile: Span<Float>, with other: Matrix) {
        var product = OrderedProduct()
        self.init(products: tile, with: PackedColumns(transposed: other.values.span, inner: other.columns), &product)
    }

    /// The dot products of every row of a tile with every column: their bits depend on no library and on no shape.
    init(products tile: Span<Float>, with columns: PackedColumns, _ product: inout OrderedProduct) {
        self.init(rows: tile.count / columns.inner, columns: columns.columns)
        withMutableValues { product.multiply(tile, by: columns, into: &$0) }
    }

    /// Replaces every row s by softmax(s/τ), each row less its greatest value first, so that nothing overflows.
    ///
    /// In Double, with operations whose bits are the same on every machine.
    mutating func softmaxRows(temperature: Double) {
        let (rows, columns) = (rows, columns)
        var powers = [Double](repeating: 0, count: columns)
        withMutableValues { values in
            for row in 0..<rows {
                let first = row * columns
                var greatest = -Float.infinity
                for index in first..<first + columns { greatest = max(greatest, values[index]) }
                var total = 0.0
                for column in 0..<columns {
                    powers[column] = DeterministicMath.exp(Double(values[first + column] - greatest) / temperature)
                    total += powers[column]
                }
                for column in 0..<columns { values[first + column] = Float(powers[column] / total) }
            }
        }
    }
}
