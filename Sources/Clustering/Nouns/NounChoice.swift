package import Shards
package import Tensors

/// From images and nouns to the nouns that describe the images: centres of the images, then a filter of the nouns.
package struct NounChoice: Pipeline {
    package struct Settings: Codable, Sendable, Equatable {
        package var nouns: DatasetDescription
        package var filter: NounFilter.Settings
        /// How the centres of the images are found.
        package var centres: KMeans.Settings

        package init(nouns: DatasetDescription, filter: NounFilter.Settings, centres: KMeans.Settings) {
            self.nouns = nouns
            self.filter = filter
            self.centres = centres
        }
    }

    package struct Model: Sendable {
        var survey: SurveyProgram.Model?
        package internal(set) var centres: KMeans.Model?
        var filter: NounFilter.Model?

        /// Nil until the program has finished.
        package var selection: NounSelection? { filter?.selection }
    }

    package static let name = "nouns"
    package static var dependsOnKernel: Bool { false }

    package let settings: Settings
    /// The images.
    package let dataset: Dataset
    package let stages: [Stage<Model>]

    package init(settings: Settings, dataset: Dataset) throws(ClusteringError) {
        try self.init(settings: settings, dataset: dataset, repeated: [])
    }

    /// - Parameter repeated: rows of the nouns that repeat the name of an earlier row; the coordinator alone knows them.
    /// - Throws: `.usage` for settings out of their range, `.badData` where there are fewer images than centres.
    package init(settings: Settings, dataset: Dataset, repeated: [Int]) throws(ClusteringError) {
        self.settings = settings
        self.dataset = dataset
        _ = try KMeans(settings: settings.centres, dataset: dataset)
        let nouns = { @Sendable in try Dataset(description: settings.nouns) }
        stages = [
            Stage("survey", at: \.survey, open: { SurveyProgram(settings: .init(), dataset: try nouns()) }),
            Stage(
                "centres",
                at: \.centres,
                open: { try KMeans(settings: settings.centres, dataset: dataset) },
                begin: { program, model in
                    try model.survey??.validate(for: .cosine, dataset: try nouns())
                    return try program.begin()
                }
            ),
            Stage(
                "filter",
                at: \.filter,
                open: { try NounFilter(settings: settings.filter, dataset: try nouns()) },
                begin: { program, model in
                    var program = program
                    program.centres = model.centres?.outcome?.nonEmptyCentroids
                    program.repeated = repeated
                    return try program.begin()
                }
            ),
        ]
    }

    package func emptyModel() -> Model { Model() }

    /// The rule for the number of centres: one for every 300 images, or 3K where clusters have fewer than 300 images on
    /// average; METHODS §2.2.
    /// - Parameter clusters: K where it is known; otherwise there are at least 30 centres, as for ten clusters.
    package static func centreCount(images: Int, clusters: Int?) -> Int {
        let one = (images + 150) / 300
        guard let clusters else { return min(max(one, 30), images) }
        return min(images / clusters >= 300 ? one : 3 * clusters, images)
    }
}

extension KMeans.Outcome {
    /// The clusters that have rows, ascending.
    package var nonEmptyClusters: [Int] { sizes.indices.filter { sizes[$0] > 0 } }

    /// Their centroids.
    package var nonEmptyCentroids: Matrix {
        let clusters = nonEmptyClusters
        return Matrix(
            rows: clusters.count,
            columns: centroids.columns,
            values: clusters.flatMap { centroids.row($0) }
        )
    }
}

extension NounChoice.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        survey = try reader.read()
        centres = try reader.read()
        filter = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(survey)
        writer.write(centres)
        writer.write(filter)
    }
}
