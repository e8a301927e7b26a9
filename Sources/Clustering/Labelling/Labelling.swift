package import Shards
package import Tensors

/// Labels and probabilities of rows by centroids that exist already: a survey, and one round over the rows.
package struct Labelling: Program {
    package struct Settings: Codable, Sendable, Equatable {
        package var metric: Metric
        /// τ of the softmax, above 0; nil where no probabilities are wanted.
        package var temperature: Double?

        package init(metric: Metric, temperature: Double? = nil) {
            self.metric = metric
            self.temperature = temperature
        }
    }

    package struct Model: Sendable {
        package internal(set) var survey: SurveyResult?
        /// Rows of each cluster; nil until the program has finished.
        package internal(set) var sizes: [Int]?
        var centroids: Parameter?
    }

    package static let name = "labelling"
    package static var dependsOnKernel: Bool { false }

    package let settings: Settings
    package let dataset: Dataset
    /// The coordinator's alone: clusters × columns; made unit rows under cosine.
    package var centroids: Matrix?

    /// - Throws: `.usage` for a temperature that is not above 0.
    package init(settings: Settings, dataset: Dataset) throws(ClusteringError) {
        if let temperature = settings.temperature, !(temperature > 0 && temperature.isFinite) {
            throw ClusteringError(.usage, "setting out of range, temperature: \(temperature); give more than 0")
        }
        self.settings = settings
        self.dataset = dataset
    }

    /// - Throws: `.badData` where the centroids are not finite rows as long as the dataset's, or lack a direction under
    ///   cosine.
    package func begin() throws -> Model {
        let centroids = try usableCentroids()
        return Model(centroids: Parameter(NamedArray(KMeans.centroidsName, centroids), version: 1))
    }

    private func usableCentroids() throws(ClusteringError) -> Matrix {
        guard var centroids, centroids.rows > 0 else {
            throw ClusteringError(.usage, "centroids missing: labelling; name a file of them")
        }
        guard centroids.columns == dataset.columns else {
            throw ClusteringError(
                .badData,
                "centroids of \(centroids.columns) columns, rows of \(dataset.columns): \(dataset.path); "
                    + "use centroids of the same kind of embedding"
            )
        }
        try centroids.makeUsable(for: settings.metric, as: "centroids")
        return centroids
    }

    package func round(after model: Model) -> Round? {
        if model.survey == nil { return Survey.round(over: dataset) }
        guard model.sizes == nil, let centroids = model.centroids else { return nil }
        return Round(kind: LabellingMapper.kind, parameters: [centroids], blocks: dataset.blockCount)
    }

    package func emptyPartial(for round: Round) throws -> Partial {
        if round.kind == Survey.roundKind { return Survey.emptyPartial() }
        let clusters = try round.parameter(KMeans.centroidsName).array.matrix().rows
        var fields: [(String, Partial.Field)] = [
            ("sizes", .counts([Int64](repeating: 0, count: clusters))),
            ("labels", .rows(RowPieces())),
        ]
        if settings.temperature != nil { fields.append(("probabilities", .rows(RowPieces()))) }
        return Partial(fields)
    }

    package func makeMemory() {}

    package func mapper(for round: Round, memory: Void) throws -> any Mapper {
        if round.kind == Survey.roundKind { return Survey.mapper(over: dataset) }
        return try LabellingMapper(self, round)
    }

    package func advance(_ model: inout Model, with answer: Partial) throws {
        if model.survey == nil {
            let survey = try SurveyResult(answer, of: dataset)
            try survey.validate(for: settings.metric, dataset: dataset)
            model.survey = survey
        } else {
            model.sizes = answer.counts("sizes").map(Int.init)
        }
    }

    package func progress(of model: Model) -> Progress {
        if model.survey == nil { return Progress(phase: "surveying", done: 0, limit: 1) }
        return Progress(phase: "labelling", done: model.sizes == nil ? 0 : 1, limit: 1)
    }
}

extension Matrix {
    /// Checks centroids that a user gave, and makes them unit rows under cosine.
    mutating func makeUsable(for metric: Metric, as what: String) throws(ClusteringError) {
        if let row = squaredNorms.firstIndex(where: { !$0.isFinite }) {
            throw ClusteringError(.badData, "value is not finite: \(what) row \(row); remove or repair the row")
        }
        if let row = squaredNorms.firstIndex(where: { $0 > 0x1p200 }) {
            throw ClusteringError(
                .badData,
                "values too large: \(what) row \(row); scale it to ordinary magnitudes"
            )
        }
        if metric == .cosine, let row = normaliseRows().first {
            throw ClusteringError(
                .badData,
                "row has no direction: \(what) row \(row); replace it or use --metric euclidean"
            )
        }
    }
}

extension Labelling.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        survey = try reader.read()
        sizes = try reader.read()
        centroids = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(survey)
        writer.write(sizes)
        writer.write(centroids)
    }
}
