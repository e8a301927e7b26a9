import Shards
import Tensors

extension KMeans {
    package func advance(_ model: inout Model, with answer: Partial) throws {
        switch model.phase {
        case .survey:
            let survey = try SurveyResult(answer, of: dataset)
            try survey.validate(for: settings.metric, dataset: dataset)
            model.survey = survey
            try seed(&model)
        case .racing(let race): try advance(race, &model, with: answer)
        case .spreading(let spread): try advance(spread, &model, with: answer)
        case .choosing(let greedy): try advance(greedy, &model, with: answer)
        case .assigning(let assigning): try advance(assigning, &model, with: answer)
        case .relocating(let relocating): try relocate(relocating, &model, with: answer)
        case .labelling(let labelling):
            model.outcome = try outcome(of: labelling.restart, with: answer)
            model.phase = .finished
        case .finished: preconditionFailure("a program that has finished has no answers")
        }
    }

    /// Begins the iterations of a restart.
    func iterate(from centroids: Matrix, _ model: inout Model) {
        let parameter = model.newParameter(NamedArray(Self.centroidsName, centroids))
        var assigning = Assigning(centroids: parameter, bounds: newBounds(&model))
        _ = assigning.trail.add(centroids)
        model.phase = .assigning(assigning)
    }

    func newBounds(_ model: inout Model) -> Parameter {
        guard let survey = model.survey else { preconditionFailure("rounds are bounded by the survey") }
        return model.newParameter(Bounds(survey, metric: settings.metric, dataset: dataset).array)
    }

    private func advance(_ assigning: Assigning, _ model: inout Model, with answer: Partial) throws {
        var next = assigning
        next.iterations += 1
        let objective = answer.total("objective")
        let moved = Int(answer.counts("moved")[0])
        model.history.append(
            Iteration(restart: model.restart, iteration: next.iterations, objective: objective, moved: moved)
        )
        let isAtRest = settings.tolerance > 0 && assigning.objective.map { isSettled(from: $0, to: objective) } == true
        next.objective = objective
        if moved == 0 { return try finishRestart(next, .labels, &model) }
        var sums = answer.sums("sums")
        if let before = next.sums { sums.merge(before) }
        next.sums = sums
        let wanted = sums.counts.count { $0 == 0 }
        let relocating = Relocating(
            assigning: next,
            sums: sums,
            wanted: model.newParameter(NamedArray(Self.wantedName, [Int64(wanted)])),
            ending: isAtRest ? .tolerance : next.iterations == settings.maximumIterations ? .limit : nil
        )
        if wanted > 0 && settings.relocatesEmptyClusters {
            model.phase = .relocating(relocating)
        } else {
            try update(relocating, replacing: [:], &model)
        }
    }

    private func isSettled(from before: Double, to objective: Double) -> Bool {
        abs(objective - before) <= settings.tolerance * abs(objective)
    }

    /// Moves the centroids to the means of their rows, and goes on.
    /// - Parameter replacements: the rows that start clusters left without any.
    func update(_ relocating: Relocating, replacing replacements: [Int: [Float]], _ model: inout Model) throws {
        var assigning = relocating.assigning
        var centroids = try assigning.centroids.array.matrix()
        for cluster in 0..<centroids.rows {
            let mean = replacements[cluster] ?? mean(of: cluster, in: relocating.sums)
            guard let mean else { continue }
            for (column, value) in mean.enumerated() { centroids[cluster, column] = value }
        }
        assigning.previous = assigning.centroids
        assigning.centroids = model.newParameter(NamedArray(Self.centroidsName, centroids))
        let isBack = assigning.trail.add(centroids)
        if let ending = relocating.ending ?? (isBack ? .cycle : nil) {
            return try finishRestart(assigning, ending, &model)
        }
        model.phase = .assigning(assigning)
    }

    /// The new centroid of a cluster; nil where there is none: no rows, or, under cosine, rows that cancel each other.
    private func mean(of cluster: Int, in sums: FixedPointSums) -> [Float]? {
        guard let mean = weights == nil ? sums.mean(of: cluster) : sums.weightedMean(of: cluster) else { return nil }
        guard settings.metric == .cosine else { return mean.map { Float($0) } }
        let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? mean.map { Float($0 / length) } : nil
    }

    private func finishRestart(_ assigning: Assigning, _ ending: Ending, _ model: inout Model) throws {
        let finished = FinishedRestart(
            restart: model.restart,
            centroids: assigning.centroids,
            objective: assigning.objective ?? 0,
            iterations: assigning.iterations,
            ending: ending
        )
        model.ended.append(
            EndedRestart(
                restart: finished.restart,
                objective: finished.objective,
                iterations: finished.iterations,
                ending: ending
            )
        )
        let best = model.best.map { isBetter(finished.objective, than: $0.objective) ? finished : $0 } ?? finished
        model.best = best
        if model.restart + 1 < settings.restarts {
            model.restart += 1
            return try seed(&model)
        }
        model.phase = .labelling(FinalLabels(restart: best, bounds: newBounds(&model)))
    }

    private func isBetter(_ objective: Double, than other: Double) -> Bool {
        settings.metric == .cosine ? objective > other : objective < other
    }

    private func outcome(of restart: FinishedRestart, with answer: Partial) throws -> Outcome {
        let closeness = answer.sums("closeness")
        let nearest = answer.best("nearest")
        return Outcome(
            centroids: try restart.centroids.array.matrix(),
            sizes: answer.counts("sizes").map(Int.init),
            objective: answer.total("objective"),
            restart: restart.restart,
            iterations: restart.iterations,
            ending: restart.ending,
            confidence: confidence(closeness),
            nearest: (0..<nearest.groups).map { Array(nearest[$0]) },
            weights: weights == nil ? nil : (0..<closeness.rows).map(closeness.weight)
        )
    }

    private func confidence(_ closeness: FixedPointSums) -> [Double] {
        let clusters = 0..<closeness.rows
        let weight = weights?.description.total ?? Double(dataset.rows)
        let overall = clusters.reduce(0) { $0 + closeness.totals(of: $1)[0] } / weight
        return clusters.map { cluster in
            let mean = weights == nil ? closeness.mean(of: cluster) : closeness.weightedMean(of: cluster)
            guard let mean = mean?[0] else { return 0 }
            switch settings.metric {
            case .cosine: return mean
            case .euclidean: return overall > 0 ? 1 / (1 + mean / overall) : 1
            }
        }
    }
}
