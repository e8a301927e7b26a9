package import Shards
package import Tensors

extension CounterRandom.Purpose {
    static let sampleOfRows = CounterRandom.Purpose(code: 0x6B6D_0007)
}

/// k-means on a sample of the rows, whose centroids then label all of them.
///
/// Its stages: a survey of all rows, since one that cannot be used is refused wherever it is; `KMeans` on the sample, as if
/// there were no other rows; the last round of `KMeans` on all rows, with the centroids that were found. So there are two
/// objectives, of the sample and of all rows, and what is told of clusters is told of all rows.
///
/// The sample follows from the seed and the number of rows alone, so every process draws the same.
package struct SampledKMeans: Pipeline {
    package struct Settings: Codable, Sendable, Equatable {
        package var clusters: KMeans.Settings
        /// Rows to draw; at least as many as clusters and fewer than there are.
        package var sampleRows: Int

        package init(clusters: KMeans.Settings, sampleRows: Int) {
            self.clusters = clusters
            self.sampleRows = sampleRows
        }
    }

    package struct Model: Sendable {
        var survey: SurveyProgram.Model?
        /// Of the sample's rows.
        package internal(set) var sample: KMeans.Model?
        /// Of all rows: their outcome has no history.
        package internal(set) var all: KMeans.Model?
    }

    package static let name = "sampled-kmeans"
    package static var dependsOnKernel: Bool { false }

    package let settings: Settings
    package let dataset: Dataset
    /// The coordinator's alone, for `KMeans.Initialisation.given`: K × columns.
    package var initialCentroids: Matrix? {
        didSet { stages = Self.stages(settings, dataset, sample, initialCentroids) }
    }
    package private(set) var stages: [Stage<Model>]
    /// The rows that k-means runs on.
    package let sample: Dataset
    /// Where they are in the dataset, ascending.
    package let sampleRows: [Int]

    /// - Throws: `.usage` for settings out of their range, `.badData` where the sample has fewer rows than clusters.
    package init(settings: Settings, dataset: Dataset) throws(ClusteringError) {
        guard settings.sampleRows >= 1, settings.sampleRows < dataset.rows else {
            throw ClusteringError(
                .usage,
                "setting out of range, sample: \(settings.sampleRows) of the \(dataset.rows) rows of \(dataset.path); "
                    + "give fewer rows than there are, or leave it out"
            )
        }
        self.settings = settings
        self.dataset = dataset
        sampleRows = Self.rows(settings, of: dataset)
        sample = dataset.selecting(sampleRows, blockRows: dataset.blockRows)
        _ = try KMeans(settings: settings.clusters, dataset: sample)
        stages = Self.stages(settings, dataset, sample, nil)
    }

    /// Every set of so many rows is equally likely.
    private static func rows(_ settings: Settings, of dataset: Dataset) -> [Int] {
        let random = CounterRandom(seed: settings.clusters.seed, purpose: .sampleOfRows)
        var draws = random.draws(forRow: 0)
        return draws.distinctIntegers(settings.sampleRows, below: dataset.rows).sorted()
    }

    private static func stages(
        _ settings: Settings,
        _ dataset: Dataset,
        _ sample: Dataset,
        _ initialCentroids: Matrix?
    ) -> [Stage<Model>] {
        var ofSample = settings.clusters
        ofSample.deliversLabels = false
        let (sampleSettings, allSettings) = (ofSample, settings.clusters)
        return [
            Stage("survey", at: \.survey, open: { SurveyProgram(settings: .init(), dataset: dataset) }),
            Stage(
                "sample",
                at: \.sample,
                open: { try KMeans(settings: sampleSettings, dataset: sample) },
                begin: { program, model in
                    var program = program
                    program.initialCentroids = initialCentroids
                    return try program.begin(after: try Self.survey(model, of: dataset, for: allSettings.metric))
                }
            ),
            Stage(
                "all",
                at: \.all,
                open: { try KMeans(settings: allSettings, dataset: dataset) },
                begin: { program, model in
                    guard let found = model.sample?.outcome else {
                        throw ClusteringError(.internalError, "sample without an outcome; report this")
                    }
                    let survey = try Self.survey(model, of: dataset, for: allSettings.metric)
                    return program.beginLabelling(by: found, after: survey)
                }
            ),
        ]
    }

    /// That of all rows.
    /// - Throws: `ClusteringError.Code.badData`, naming a row that cannot be used.
    private static func survey(_ model: Model, of dataset: Dataset, for metric: Metric) throws -> SurveyResult {
        guard let survey = model.survey ?? nil else {
            throw ClusteringError(.internalError, "sample without a survey; report this")
        }
        try survey.validate(for: metric, dataset: dataset)
        return survey
    }

    package func emptyModel() -> Model { Model() }
}

extension SampledKMeans.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        survey = try reader.read()
        sample = try reader.read()
        all = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(survey)
        writer.write(sample)
        writer.write(all)
    }
}
