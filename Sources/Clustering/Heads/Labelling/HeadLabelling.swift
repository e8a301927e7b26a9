package import Shards
package import Tensors

/// Labels and probabilities of rows by a trained head: a survey, and one round over the rows.
package struct HeadLabelling: Program {
    package struct Settings: Codable, Sendable, Equatable {
        package var writesProbabilities: Bool

        package init(writesProbabilities: Bool) {
            self.writesProbabilities = writesProbabilities
        }
    }

    package struct Model: Sendable {
        package internal(set) var survey: SurveyResult?
        /// Nil until the program has finished.
        package internal(set) var outcome: Outcome?
        var head: Head
        var parameter: Parameter
    }

    package struct Outcome: Sendable, Equatable {
        /// Rows of each cluster.
        package let sizes: [Int]
        /// The mean probability that the rows of each cluster have for it; 0 where there are none.
        package let confidence: [Double]
        /// The rows of each cluster with the greatest probability, best first.
        package let nearest: [[BestLists.Entry]]

        /// For each cluster the mean of those rows as unit vectors; zeros where there are none.
        package func surestMeans(of dataset: Dataset) -> Matrix {
            let tiles = RowTiles(of: dataset, metric: .cosine)
            var means = Matrix(rows: nearest.count, columns: dataset.columns)
            for (cluster, entries) in nearest.enumerated() {
                for entry in entries {
                    for (column, value) in tiles.row(entry.index).enumerated() {
                        means[cluster, column] += value / Float(entries.count)
                    }
                }
            }
            return means
        }
    }

    package static let name = "head labelling"
    package static var dependsOnKernel: Bool { false }
    static let parameterName = "head"

    package let settings: Settings
    package let dataset: Dataset
    /// The coordinator's alone.
    package var head: Head?

    package init(settings: Settings, dataset: Dataset) throws(ClusteringError) {
        self.settings = settings
        self.dataset = dataset
    }

    /// - Throws: `.badData` where the head does not read rows of this length.
    package func begin() throws -> Model {
        guard let head else { throw ClusteringError(.usage, "head missing: labelling; name a file of one") }
        guard head.shape.inputs == dataset.columns else {
            throw ClusteringError(
                .badData,
                "head for \(head.shape.inputs) columns, rows of \(dataset.columns): \(dataset.path); "
                    + "use the kind of embedding that it was trained on"
            )
        }
        return Model(head: head, parameter: Parameter(head.array, version: 1))
    }

    package func round(after model: Model) -> Round? {
        if model.survey == nil { return Survey.round(over: dataset) }
        guard model.outcome == nil else { return nil }
        return Round(kind: HeadLabelMapper.kind, parameters: [model.parameter], blocks: dataset.blockCount)
    }

    package func emptyPartial(for round: Round) throws -> Partial {
        if round.kind == Survey.roundKind { return Survey.emptyPartial() }
        let clusters = try Head(round.parameter(Self.parameterName).array).shape.clusters
        let rule = try SumRule(bound: 1, leastBit: Double(Float.leastNonzeroMagnitude), terms: dataset.rows)
        let sums = FixedPointSums(rows: clusters, columns: 1, rule: rule)
        let lists = BestLists(groups: clusters, capacity: HeadLabelMapper.nearestRows, order: .descending)
        var fields: [(String, Partial.Field)] = [
            ("labels", .rows(RowPieces())), ("confidence", .sums(sums)), ("nearest", .best(lists)),
        ]
        if settings.writesProbabilities { fields.append(("probabilities", .rows(RowPieces()))) }
        return Partial(fields)
    }

    package func makeMemory() {}

    package func mapper(for round: Round, memory: Void) throws -> any Mapper {
        if round.kind == Survey.roundKind { return Survey.mapper(over: dataset) }
        return try HeadLabelMapper(self, round)
    }

    package func advance(_ model: inout Model, with answer: Partial) throws {
        if model.survey == nil {
            let survey = try SurveyResult(answer, of: dataset)
            try survey.validate(for: .cosine, dataset: dataset)
            model.survey = survey
            return
        }
        let sums = answer.sums("confidence")
        let lists = answer.best("nearest")
        model.outcome = Outcome(
            sizes: sums.counts.map(Int.init),
            confidence: (0..<sums.rows).map { sums.mean(of: $0)?[0] ?? 0 },
            nearest: (0..<sums.rows).map { Array(lists[$0]) }
        )
    }

    package func progress(of model: Model) -> Progress {
        if model.survey == nil { return Progress(phase: "surveying", done: 0, limit: 1) }
        return Progress(phase: "labelling", done: model.outcome == nil ? 0 : 1, limit: 1)
    }
}

/// The round `label` of `HeadLabelling`.
struct HeadLabelMapper: Mapper {
    static let kind = "label"
    /// Rows that are named of each cluster.
    static let nearestRows = 10

    private let writesProbabilities: Bool
    private let clusters: Int
    private var tiles: RowTiles
    private var predictor: HeadPredictor

    init(_ program: HeadLabelling, _ round: Round) throws {
        let head = try Head(round.parameter(HeadLabelling.parameterName).array)
        guard head.shape.inputs == program.dataset.columns else { throw Head.malformed }
        writesProbabilities = program.settings.writesProbabilities
        clusters = head.shape.clusters
        tiles = RowTiles(of: program.dataset, metric: .cosine)
        predictor = HeadPredictor(head)
    }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        var probabilities: [Float] = []
        var factors: [Float] = []
        let columns = tiles.dataset.columns
        var predictor = predictor
        tiles.forEachTile(of: block, factors: &factors) { rows, values in
            let tile = Matrix(rows: rows.count, columns: columns, values: values.indices.map { values[$0] })
            probabilities += predictor.probabilities(of: tile).values
        }
        self.predictor = predictor
        let (labels, greatest) = Self.choose(probabilities, clusters: clusters)
        let first = block.rows.lowerBound
        partial.withRows(0) { $0.insert(.init(firstRow: first, values: .int32(labels))) }
        partial.withSums(1) { $0.add(tile: greatest.span, labels: labels.span) }
        partial.withBest(2) { lists in
            for (row, label) in labels.enumerated() {
                lists.offer(score: Double(greatest[row]), index: first + row, to: Int(label))
            }
        }
        if writesProbabilities {
            partial.withRows(3) { $0.insert(.init(firstRow: first, values: .float32(probabilities))) }
        }
    }

    /// The most probable cluster of each row, ties to the lowest.
    private static func choose(_ probabilities: [Float], clusters: Int) -> (labels: [Int32], greatest: [Float]) {
        var labels: [Int32] = []
        var greatest: [Float] = []
        for start in stride(from: 0, to: probabilities.count, by: clusters) {
            var best = 0
            for cluster in 1..<max(clusters, 2) where cluster < clusters {
                if probabilities[start + cluster] > probabilities[start + best] { best = cluster }
            }
            labels.append(Int32(best))
            greatest.append(probabilities[start + best])
        }
        return (labels, greatest)
    }
}

extension HeadLabelling.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        survey = try reader.read()
        outcome = try reader.read()
        head = try reader.read()
        parameter = Parameter(head.array, version: 1)
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(survey)
        writer.write(outcome)
        writer.write(head)
    }
}

extension HeadLabelling.Outcome: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        sizes = try reader.readNumbers()
        confidence = try reader.readNumbers()
        nearest = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(numbers: sizes)
        writer.write(numbers: confidence)
        writer.write(nearest)
    }
}
