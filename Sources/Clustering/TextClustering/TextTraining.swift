package import Shards
import Tensors

/// Text-aided clustering with trained heads: nouns for the images, a text counterpart of every image, neighbours of every
/// image in both spaces, heads for both that are held together across neighbours, and labels by the image head; METHODS §4.
///
/// Heads are trained several times from different beginnings. Their clusters are matched by the labels that they give the
/// images, and one head that is the mean of the better half, by loss, labels the rows: the same images and no truth decide.
package struct TextTraining: Pipeline {
    package struct Settings: Codable, Sendable {
        package var choice: NounChoice.Settings
        /// The images that everything is learned from; nil where they are the rows to label.
        package var images: DatasetDescription?
        package var retrieval: Retrieval.Settings
        /// Where the text counterparts of the images are, on storage that all workers see.
        package var text: String
        /// Of each image in each space.
        package var neighbors: Int
        package var heads: Heads
        package var writesProbabilities: Bool
        package var seed: UInt64

        package init(
            choice: NounChoice.Settings,
            images: DatasetDescription?,
            retrieval: Retrieval.Settings,
            text: String,
            neighbors: Int,
            heads: Heads,
            writesProbabilities: Bool,
            seed: UInt64
        ) {
            self.choice = choice
            self.images = images
            self.retrieval = retrieval
            self.text = text
            self.neighbors = neighbors
            self.heads = heads
            self.writesProbabilities = writesProbabilities
            self.seed = seed
        }
    }

    /// How heads are trained.
    package struct Heads: Codable, Sendable, Equatable {
        package var objective: TACObjective
        package var optimiser: Optimiser
        package var epochs: Int
        /// The most rows of a step; the steps of an epoch are of one size.
        package var batchSize: Int
        package var partners: Partners
        /// Trainings from different beginnings, 1 to `mostRestarts`.
        package var restarts: Int

        package init(
            objective: TACObjective,
            optimiser: Optimiser = .tac,
            epochs: Int,
            batchSize: Int,
            partners: Partners,
            restarts: Int
        ) {
            self.objective = objective
            self.optimiser = optimiser
            self.epochs = epochs
            self.batchSize = batchSize
            self.partners = partners
            self.restarts = restarts
        }
    }

    /// What stands beside an anchor.
    package enum Partners: String, Codable, Sendable, CaseIterable {
        /// One of its neighbours, in batches of some rows.
        case drawn
        /// One of its neighbours; every step is over all rows (§17.1).
        case drawnOverAll = "drawn-over-all"
        /// The mean prediction of all its neighbours; every step is over all rows (§17.3).
        case expected
    }

    package struct Model: Sendable {
        var survey: SurveyProgram.Model?
        package internal(set) var choice: NounChoice.Model?
        var retrieval: Retrieval.Model?
        var imageNeighbors: Neighbors.Model?
        var textNeighbors: Neighbors.Model?
        /// Of each restart, as far as they have come.
        package internal(set) var trainings: [HeadModel?]
        package internal(set) var comparison: HeadComparison.Model?
        package internal(set) var labels: HeadLabelling.Model?
    }

    package static let name = "tac-heads"
    package static let mostRestarts = 8

    package let settings: Settings
    /// The rows to label.
    package let dataset: Dataset
    package let stages: [Stage<Model>]

    package init(settings: Settings, dataset: Dataset) throws {
        try self.init(settings: settings, dataset: dataset, images: nil, repeated: [], neighbors: nil)
    }

    /// - Parameters:
    ///   - images: those of the settings, where they are open already.
    ///   - repeated: rows of the nouns that repeat the name of an earlier row; the coordinator alone knows them.
    ///   - neighbors: the coordinator's alone: where neighbours go, and come from.
    /// - Throws: `.usage` for settings out of their range, `.badData` where there are too few images.
    package init(
        settings: Settings,
        dataset: Dataset,
        images: Dataset?,
        repeated: [Int],
        neighbors: FoundNeighbors?
    ) throws {
        guard 1...Self.mostRestarts ~= settings.heads.restarts, settings.heads.epochs >= 1,
            settings.heads.batchSize >= 1
        else {
            throw ClusteringError(.usage, "setting out of range: heads; give 1 to \(Self.mostRestarts) restarts")
        }
        self.settings = settings
        self.dataset = dataset
        let site = TextTrainingSite(
            settings: settings,
            dataset: dataset,
            openImages: images,
            repeated: repeated,
            neighbors: neighbors
        )
        let found = try site.images
        guard found.rows >= settings.heads.objective.clusters else {
            throw ClusteringError(
                .badData,
                "more clusters than rows: \(settings.heads.objective.clusters) of \(found.rows); ask for fewer"
            )
        }
        _ = try Neighbors(settings: .init(k: settings.neighbors), dataset: found)
        stages =
            [Self.survey(site), Self.nouns(site), Self.text(site), Self.imageSearch(site), Self.textSearch(site)]
            + (0..<settings.heads.restarts).map { Self.training($0, site) }
            + [Self.comparison(site), Self.labelling(site)]
    }

    package func emptyModel() -> Model {
        Model(trainings: [HeadModel?](repeating: nil, count: settings.heads.restarts))
    }
}

extension TextTraining.Model {
    /// The heads that label rows, image and text; empty before there are any.
    package var heads: [Head] {
        guard let agreement = comparison?.agreement else { return [] }
        let kept = kept
        let trained = kept.map { trainings[$0]?.heads ?? [] }
        guard trained.count > 1 else { return trained[0] }
        let clusters = kept.map { agreement.clusters[$0] }
        return trained[0].indices.map { role in Head(consensusOf: trained.map { $0[role] }, matched: clusters) }
    }

    /// The restarts whose heads are made one, in order: the half with the least losses, the greater half of an odd number. Ties
    /// go to the earlier. Where a beginning led nowhere its loss tells, and its head would blur the others'.
    package var kept: [Int] {
        let losses = trainings.map { $0?.lastLoss ?? .infinity }
        let ranked = losses.indices.sorted { (losses[$0], $0) < (losses[$1], $1) }
        return ranked.prefix((losses.count + 1) / 2).sorted()
    }
}

// The stages.
extension TextTraining {
    private static func survey(_ site: TextTrainingSite) -> Stage<Model> {
        Stage("survey", at: \.survey, open: { SurveyProgram(settings: .init(), dataset: site.dataset) })
    }

    private static func nouns(_ site: TextTrainingSite) -> Stage<Model> {
        Stage(
            "nouns",
            at: \.choice,
            open: { try site.choice() },
            begin: { program, model in
                // Before the long work on other images: these rows must be usable too.
                try model.survey??.validate(for: .cosine, dataset: site.dataset)
                return try program.begin()
            }
        )
    }

    private static func text(_ site: TextTrainingSite) -> Stage<Model> {
        Stage(
            "text",
            at: \.retrieval,
            open: { try site.retrieval() },
            begin: { program, model in
                var program = program
                let nouns = try Dataset(description: site.settings.choice.nouns)
                program.nouns = model.choice?.selection?.unitRows(of: nouns)
                return try program.begin()
            }
        )
    }

    private static func imageSearch(_ site: TextTrainingSite) -> Stage<Model> {
        Stage("image-neighbors", at: \.imageNeighbors, open: { try site.search(.images) })
    }

    private static func textSearch(_ site: TextTrainingSite) -> Stage<Model> {
        Stage("text-neighbors", at: \.textNeighbors, open: { try site.search(.text) })
    }

    private static func training(_ restart: Int, _ site: TextTrainingSite) -> Stage<Model> {
        Stage("heads\(restart)", at: \Model.trainings[restart], open: { try site.training(restart: restart) })
    }

    private static func comparison(_ site: TextTrainingSite) -> Stage<Model> {
        Stage(
            "comparison",
            at: \.comparison,
            open: { try site.comparison() },
            begin: { program, model in
                var program = program
                program.heads = model.trainings.compactMap { $0?.heads.first }
                return try program.begin()
            }
        )
    }

    private static func labelling(_ site: TextTrainingSite) -> Stage<Model> {
        Stage(
            "labels",
            at: \.labels,
            open: { try site.labelling() },
            begin: { program, model in
                var program = program
                program.head = model.heads.first
                return try program.begin()
            }
        )
    }
}

extension TextTraining.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        survey = try reader.read()
        choice = try reader.read()
        retrieval = try reader.read()
        imageNeighbors = try reader.read()
        textNeighbors = try reader.read()
        trainings = try reader.read()
        comparison = try reader.read()
        labels = try reader.read()
        guard 1...TextTraining.mostRestarts ~= trainings.count else { throw ClusteringError.modelUnreadable }
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(survey)
        writer.write(choice)
        writer.write(retrieval)
        writer.write(imageNeighbors)
        writer.write(textNeighbors)
        writer.write(trainings)
        writer.write(comparison)
        writer.write(labels)
    }
}
