import Shards
import Tensors

extension KMeans {
    static let centroidsName = "centroids"
    static let wantedName = "wanted"

    package func begin() throws -> Model { Model() }

    /// The model after a survey that was made already, of all rows or of more, and found nothing to refuse.
    package func begin(after survey: SurveyResult) throws -> Model {
        var model = Model()
        model.survey = survey
        try seed(&model)
        return model
    }

    /// The model that has nothing left to do but to label all rows, by centroids that were found on some of them.
    ///
    /// - Parameter survey: of the rows, in which it found nothing to refuse.
    func beginLabelling(by found: Outcome, after survey: SurveyResult) -> Model {
        var model = Model()
        model.survey = survey
        let restart = FinishedRestart(
            restart: found.restart,
            centroids: model.newParameter(NamedArray(Self.centroidsName, found.centroids)),
            objective: found.objective,
            iterations: found.iterations,
            ending: found.ending
        )
        let bounds = newBounds(&model)
        model.phase = .labelling(FinalLabels(restart: restart, bounds: bounds))
        return model
    }

    package func round(after model: Model) -> Round? {
        switch model.phase {
        case .survey: return Survey.round(over: dataset)
        case .racing(let race): return round(RaceMapper.kind, race.parameters)
        case .spreading(let spread): return spreadRound(spread)
        case .choosing(let greedy): return round(GreedyMapper.kind, greedy.parameters)
        case .assigning(let assigning):
            // Centroids twice, under one name: a worker that was sent the previous ones has them.
            return round(
                AssignMapper.kind,
                [assigning.centroids, assigning.bounds] + (assigning.previous.map { [$0] } ?? [])
            )
        case .relocating(let relocating):
            return round(FarthestMapper.kind, [relocating.assigning.centroids, relocating.wanted])
        case .labelling(let labelling):
            return Round(
                kind: LabelMapper.kind,
                parameters: [labelling.restart.centroids, labelling.bounds],
                blocks: dataset.blockCount
            )
        case .finished: return nil
        }
    }

    func round(_ kind: String, _ parameters: [Parameter]) -> Round {
        Round(kind: kind, parameters: parameters, blocks: dataset.blockCount, deliversRows: false)
    }

    package func emptyPartial(for round: Round) throws -> Partial {
        switch round.kind {
        case Survey.roundKind: Survey.emptyPartial()
        case RaceMapper.kind: RaceMapper.emptyPartial()
        case GreedyMapper.kind: try GreedyMapper.emptyPartial(for: round, of: self)
        case AssignMapper.kind: try AssignMapper.emptyPartial(for: round, of: self)
        case FarthestMapper.kind: try FarthestMapper.emptyPartial(for: round)
        case LabelMapper.kind: try LabelMapper.emptyPartial(for: round, of: self)
        default: try SpreadMapper.emptyPartial(for: round, of: self)
        }
    }

    package func mapper(for round: Round, memory: KMeansMemory) throws -> any Mapper {
        switch round.kind {
        case Survey.roundKind: Survey.mapper(over: dataset)
        case RaceMapper.kind: try RaceMapper(self, round, memory)
        case GreedyMapper.kind: try GreedyMapper(self, round, memory)
        case AssignMapper.kind: try AssignMapper(self, round, memory)
        case FarthestMapper.kind: try FarthestMapper(self, round, memory)
        case LabelMapper.kind: try LabelMapper(self, round, memory)
        default: try SpreadMapper(self, round, memory)
        }
    }

    package func progress(of model: Model) -> Progress {
        var progress = phase(of: model)
        switch model.phase {
        case .survey, .labelling, .finished: break
        case .racing, .spreading, .choosing, .assigning, .relocating:
            if settings.restarts > 1 {
                progress.restart = .init(number: model.restart + 1, count: settings.restarts)
            }
            progress.iterationsLeft = iterationsLeft(of: model)
        }
        return progress
    }

    /// At most, in this restart and those after it.
    private func iterationsLeft(of model: Model) -> Int {
        let last = model.history.last.flatMap { $0.restart == model.restart ? $0.iteration : nil }
        return (settings.restarts - model.restart) * settings.maximumIterations - (last ?? 0)
    }

    private func phase(of model: Model) -> Progress {
        switch model.phase {
        case .survey: Progress(phase: "surveying", done: 0, limit: 1)
        case .racing(let race): Progress(phase: "seeding", done: race.chosen.count, limit: settings.clusters)
        case .spreading(let spread): Progress(phase: "seeding", done: spread.pass, limit: Spread.passes)
        case .choosing(let greedy): Progress(phase: "seeding", done: greedy.chosen.count, limit: settings.clusters)
        case .assigning(let assigning): iterationProgress(model, assigning.iterations)
        case .relocating(let relocating): iterationProgress(model, relocating.assigning.iterations)
        case .labelling: Progress(phase: "labelling", done: 0, limit: 1, objective: model.best?.objective)
        case .finished: Progress(phase: "finished", done: 1, limit: 1, objective: model.outcome?.objective, moved: 0)
        }
    }

    private func iterationProgress(_ model: Model, _ done: Int) -> Progress {
        let last = done > 0 ? model.history.last : nil
        return Progress(
            phase: "iterating",
            done: done,
            limit: settings.maximumIterations,
            objective: last?.objective,
            moved: last?.moved
        )
    }
}

extension Round {
    /// A parameter that the program needs is not there.
    func missing(_ name: String) -> ClusteringError {
        ClusteringError(
            .internalError,
            "round without a parameter: \(kind) needs \(name); run the same version everywhere"
        )
    }
}
