package import Shards
import Tensors

/// Text-aided clustering without training: nouns for the images, a text counterpart of every row, then spherical k-means
/// on both side by side; METHODS §3.
///
/// Rows can be others than those the nouns are chosen from. The counterparts go to the sink as `text`, which must have
/// them in a file under `Settings.text` before the next round; workers map it beside the rows, and nothing is copied.
package struct TextClustering: Pipeline {
    package struct Settings: Codable, Sendable, Equatable {
        package var choice: NounChoice.Settings
        /// The images that nouns are chosen from; nil where they are the rows to cluster.
        package var images: DatasetDescription?
        package var retrieval: Retrieval.Settings
        /// Where the text counterparts are, on storage that all workers see.
        package var text: String
        package var clusters: KMeans.Settings

        package init(
            choice: NounChoice.Settings,
            images: DatasetDescription?,
            retrieval: Retrieval.Settings,
            text: String,
            clusters: KMeans.Settings
        ) {
            self.choice = choice
            self.images = images
            self.retrieval = retrieval
            self.text = text
            self.clusters = clusters
        }
    }

    package struct Model: Sendable {
        var survey: SurveyProgram.Model?
        package internal(set) var choice: NounChoice.Model?
        var retrieval: Retrieval.Model?
        /// Under cosine, of rows twice as long as the dataset's: image first, then text.
        package internal(set) var clusters: KMeans.Model?
    }

    package static let name = "tac"
    package static var dependsOnKernel: Bool { false }

    package let settings: Settings
    /// The rows to cluster.
    package let dataset: Dataset
    package let stages: [Stage<Model>]

    package init(settings: Settings, dataset: Dataset) throws(ClusteringError) {
        try self.init(settings: settings, dataset: dataset, images: nil, repeated: [])
    }

    /// - Parameters:
    ///   - images: those of the settings, where they are open already.
    ///   - repeated: rows of the nouns that repeat the name of an earlier row; the coordinator alone knows them.
    /// - Throws: `.usage` for settings out of their range, `.badData` where there are fewer rows than clusters.
    package init(
        settings: Settings,
        dataset: Dataset,
        images: Dataset?,
        repeated: [Int]
    ) throws(ClusteringError) {
        self.settings = settings
        self.dataset = dataset
        _ = try KMeans(settings: settings.clusters, dataset: dataset)
        let openImages = { @Sendable in
            try images ?? settings.images.map { try Dataset(description: $0) } ?? dataset
        }
        let choice = { @Sendable in
            try NounChoice(settings: settings.choice, dataset: try openImages(), repeated: repeated)
        }
        let survey = Stage<Model>(
            "survey",
            at: \.survey,
            open: { SurveyProgram(settings: .init(), dataset: dataset) }
        )
        stages = [
            survey,
            Stage("nouns", at: \.choice, open: choice) { program, model in
                // Before the long work on other images: these rows must be usable too.
                try model.survey??.validate(for: .cosine, dataset: dataset)
                return try program.begin()
            },
            Stage(
                "text",
                at: \.retrieval,
                open: { try Retrieval(settings: settings.retrieval, dataset: dataset) },
                begin: { program, model in
                    var program = program
                    let nouns = try Dataset(description: settings.choice.nouns)
                    program.nouns = model.choice?.selection?.unitRows(of: nouns)
                    return try program.begin()
                }
            ),
            Stage(
                "clusters",
                at: \.clusters,
                open: {
                    let text = try Dataset(path: settings.text, blockRows: dataset.blockRows)
                    return try KMeans(
                        settings: settings.clusters,
                        dataset: try Dataset(sideBySide: [dataset, text])
                    )
                }
            ),
        ]
    }

    package func emptyModel() -> Model { Model() }
}

extension TextClustering.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        survey = try reader.read()
        choice = try reader.read()
        retrieval = try reader.read()
        clusters = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(survey)
        writer.write(choice)
        writer.write(retrieval)
        writer.write(clusters)
    }
}
