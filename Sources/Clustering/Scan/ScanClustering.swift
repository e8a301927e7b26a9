package import Shards
import Tensors

/// Clustering by neighbour consistency: neighbours of every row, heads by SCAN's loss of which the best on rows held out is
/// kept, perhaps a stage in which it learns from its own labels, and labels; METHODS §5.
///
/// With views, altered copies of the rows, the neighbours are chosen by a first head, and another learns from all of them:
/// the second and third stage of the super-multi-class model; METHODS §7.
///
/// Heads can learn from other rows than those that are labelled. Where all heads of a training have collapsed to few
/// clusters, which the rows held out tell without labels, others are trained at a tenth of the rate.
package struct ScanClustering: Pipeline {
    package struct Settings: Codable, Sendable {
        /// The rows that heads learn from; nil where they are the rows to label.
        package var images: DatasetDescription?
        /// Neighbours to find of each row; nil where they are given.
        package var neighbors: Int?
        package var objective: SCANObjective
        package var optimiser: Optimiser
        package var epochs: Int
        /// The most rows of a step; the steps of an epoch are of one size.
        package var batchSize: Int
        package var selfLabel: SelfLabelling?
        /// Altered copies of the rows, where neighbours are to be chosen by them.
        package var views: Views?
        package var writesProbabilities: Bool
        package var seed: UInt64

        package init(
            images: DatasetDescription?,
            neighbors: Int?,
            objective: SCANObjective,
            optimiser: Optimiser,
            epochs: Int,
            batchSize: Int,
            selfLabel: SelfLabelling?,
            views: Views?,
            writesProbabilities: Bool,
            seed: UInt64
        ) {
            self.images = images
            self.neighbors = neighbors
            self.objective = objective
            self.optimiser = optimiser
            self.epochs = epochs
            self.batchSize = batchSize
            self.selfLabel = selfLabel
            self.views = views
            self.writesProbabilities = writesProbabilities
            self.seed = seed
        }
    }

    /// The stage in which the chosen head learns from its own labels.
    package struct SelfLabelling: Codable, Sendable {
        package var objective: SelfLabelObjective
        package var optimiser: Optimiser
        package var epochs: Int
        /// What the average over the steps keeps of itself; nil for the last parameters as they are.
        package var averaging: Float?

        package init(objective: SelfLabelObjective, optimiser: Optimiser, epochs: Int, averaging: Float?) {
            self.objective = objective
            self.optimiser = optimiser
            self.epochs = epochs
            self.averaging = averaging
        }
    }

    /// Embeddings of the same images under two alterations, one row for each.
    package struct Views: Codable, Sendable, Equatable {
        package var strong: DatasetDescription
        package var weak: DatasetDescription

        package init(strong: DatasetDescription, weak: DatasetDescription) {
            self.strong = strong
            self.weak = weak
        }
    }

    package struct Model: Sendable {
        var survey: SurveyProgram.Model?
        var imagesSurvey: SurveyProgram.Model?
        package internal(set) var neighbors: Neighbors.Model?
        /// Trainings at lower and lower rates, as far as they were needed.
        package internal(set) var attempts: [HeadModel?] = [HeadModel?](repeating: nil, count: mostAttempts)
        var strongSurvey: SurveyProgram.Model?
        var weakSurvey: SurveyProgram.Model?
        var semantic: SemanticNeighbors.Model?
        /// The training on all neighbours that the views left.
        package internal(set) var paired: HeadModel?
        package internal(set) var selfLabels: HeadModel?
        package internal(set) var labels: HeadLabelling.Model?
    }

    package static let name = "scan"
    package static let mostAttempts = 3
    /// What the rate is divided by where all heads have collapsed.
    package static let slowdown: Float = 10

    package let settings: Settings
    /// The rows to label.
    package let dataset: Dataset
    package let stages: [Stage<Model>]

    package init(settings: Settings, dataset: Dataset) throws(ClusteringError) {
        try self.init(settings: settings, dataset: dataset, images: nil, neighbors: nil)
    }

    /// - Parameters:
    ///   - images: those of the settings, where they are open already.
    ///   - neighbors: the coordinator's alone.
    /// - Throws: `.usage` for settings out of their range, `.badData` where there are too few rows.
    package init(
        settings: Settings,
        dataset: Dataset,
        images: Dataset?,
        neighbors: ScanNeighbors?
    ) throws(ClusteringError) {
        self.settings = settings
        self.dataset = dataset
        let site = ScanSite(settings: settings, dataset: dataset, images: images, neighbors: neighbors)
        var stages = [
            Stage<Model>("survey", at: \.survey, open: { SurveyProgram(settings: .init(), dataset: dataset) })
        ]
        if settings.images != nil, settings.neighbors == nil { stages.append(Self.imagesSurvey(site)) }
        if settings.views != nil { stages += Self.viewSurveys(site) }
        if settings.neighbors != nil { stages.append(Self.search(site)) }
        for number in 0..<Self.mostAttempts { stages.append(Self.attempt(number, site)) }
        if settings.views != nil { stages += [Self.comparison(site), Self.pairedTraining(site)] }
        if settings.selfLabel != nil { stages.append(Self.selfLabelling(site)) }
        stages.append(Self.labelling(site))
        self.stages = stages
    }

    package func emptyModel() -> Model { Model() }
}

extension ScanClustering.Model {
    /// The training whose head was chosen, from 0, that on paired neighbours coming last, and the head; nil before there is
    /// one.
    package var chosen: (attempt: Int, head: ChosenHead)? {
        guard let drawn else { return nil }
        guard let paired = paired?.chosen, !paired.judgement.isCollapsed || drawn.head.judgement.isCollapsed else {
            return drawn
        }
        return (attempts.count, paired)
    }

    /// The best head of the trainings by neighbours that are drawn.
    fileprivate var drawn: (attempt: Int, head: ChosenHead)? {
        var best: (attempt: Int, head: ChosenHead)?
        for (number, attempt) in attempts.enumerated() {
            guard let head = attempt?.chosen else { continue }
            if let best, !head.judgement.isBetter(than: best.head.judgement) { continue }
            best = (number, head)
        }
        return best
    }

    /// The number of the first training whose heads had not all collapsed, from 0.
    package var attemptsNeeded: Int? { drawn?.attempt }

    /// The head that labels rows; nil before there is one.
    package var head: Head? { keepsSelfLabels ? selfLabels?.heads.first : chosen?.head.head.named("head") }

    /// Whether learning from its own labels left a head that still uses its clusters, or made one that does not any
    /// better than before.
    package var keepsSelfLabels: Bool {
        guard let selfLabels, let last = selfLabels.validation.last?.first else { return false }
        return !last.isCollapsed || chosen?.head.judgement.isCollapsed == true
    }
}

extension ScanClustering {
    /// Refuses views that are not of the rows that heads learn from.
    /// - Throws: `ClusteringError`.
    package static func check(_ settings: Settings, _ images: Dataset) throws {
        guard settings.views != nil else { return }
        _ = try ScanSite(settings: settings, dataset: images, images: images, neighbors: nil).comparison()
    }
}

// The stages.
extension ScanClustering {
    /// Files must be usable before the long work on others begins.
    private static func validate(_ model: Model, _ dataset: Dataset) throws {
        try model.survey??.validate(for: .cosine, dataset: dataset)
    }

    private static func imagesSurvey(_ site: ScanSite) -> Stage<Model> {
        Stage(
            "images",
            at: \.imagesSurvey,
            open: { SurveyProgram(settings: .init(), dataset: try site.images) },
            begin: { program, model in
                try validate(model, site.dataset)
                return program.begin()
            }
        )
    }

    private static func viewSurveys(_ site: ScanSite) -> [Stage<Model>] {
        [
            Stage(
                "strong",
                at: \.strongSurvey,
                open: { SurveyProgram(settings: .init(), dataset: try site.view(\.strong)) }
            ),
            Stage(
                "weak",
                at: \.weakSurvey,
                open: { SurveyProgram(settings: .init(), dataset: try site.view(\.weak)) },
                begin: { program, model in
                    try model.strongSurvey??.validate(for: .cosine, dataset: try site.view(\.strong))
                    return program.begin()
                }
            ),
        ]
    }

    private static func search(_ site: ScanSite) -> Stage<Model> {
        Stage(
            "neighbors",
            at: \.neighbors,
            open: { try site.search() },
            begin: { program, model in
                try validate(model, site.dataset)
                if site.settings.views != nil {
                    try model.weakSurvey??.validate(for: .cosine, dataset: try site.view(\.weak))
                }
                return try program.begin()
            }
        )
    }

    private static func attempt(_ number: Int, _ site: ScanSite) -> Stage<Model> {
        Stage(
            "heads\(number)",
            at: \Model.attempts[number],
            open: { try site.training(attempt: number) },
            begin: { program, model in
                try validate(model, site.dataset)
                try model.imagesSurvey??.validate(for: .cosine, dataset: try site.images)
                if let chosen = model.drawn, !chosen.head.judgement.isCollapsed { return .skipped }
                return try program.begin()
            }
        )
    }

    private static func comparison(_ site: ScanSite) -> Stage<Model> {
        Stage(
            "views",
            at: \.semantic,
            open: { try site.comparison() },
            begin: { program, model in
                var program = program
                program.head = model.drawn?.head.head
                return try program.begin()
            }
        )
    }

    private static func pairedTraining(_ site: ScanSite) -> Stage<Model> {
        Stage("paired", at: \.paired, open: { try site.pairedTraining() })
    }

    private static func selfLabelling(_ site: ScanSite) -> Stage<Model> {
        Stage(
            "self-label",
            at: \.selfLabels,
            open: { try site.selfLabelling() },
            begin: { program, model in
                var program = program
                program.initialHeads = model.chosen.map { [$0.head.head.named("head")] }
                return try program.begin()
            }
        )
    }

    private static func labelling(_ site: ScanSite) -> Stage<Model> {
        Stage(
            "labels",
            at: \.labels,
            open: { try site.labelling() },
            begin: { program, model in
                var program = program
                program.head = model.head
                return try program.begin()
            }
        )
    }
}

extension ScanClustering.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        survey = try reader.read()
        imagesSurvey = try reader.read()
        neighbors = try reader.read()
        attempts = try reader.read()
        strongSurvey = try reader.read()
        weakSurvey = try reader.read()
        semantic = try reader.read()
        paired = try reader.read()
        selfLabels = try reader.read()
        labels = try reader.read()
        guard attempts.count == ScanClustering.mostAttempts else { throw ClusteringError.modelUnreadable }
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(survey)
        writer.write(imagesSurvey)
        writer.write(neighbors)
        writer.write(attempts)
        writer.write(strongSurvey)
        writer.write(weakSurvey)
        writer.write(semantic)
        writer.write(paired)
        writer.write(selfLabels)
        writer.write(labels)
    }
}
