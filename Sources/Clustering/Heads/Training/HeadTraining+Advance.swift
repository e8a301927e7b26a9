import Shards
import Tensors

extension HeadTraining {
    /// Whether any head has a normalisation, without which a step needs only the two middle rounds.
    private var isNormalised: Bool { roles.contains { $0.shape.hidden != nil } }

    func beginStep(_ model: inout HeadModel) {
        guard let batches else { preconditionFailure("batches are the coordinator's") }
        // The coordinator makes and frees as many arrays in a step as a worker does.
        _ = RetainedMemory.isKept
        let batch = batches.batch(epoch: model.epoch, step: model.step)
        let partners = settings.expectsNeighbors ? [] : batch.partners
        precondition(!settings.expectsNeighbors || batch.anchors.count == dataset.rows, "a batch of some rows")
        let numbers = ([batch.anchors] + partners).flatMap { $0.map(Int64.init) }
        let array = NamedArray(
            StepInputs.batchName,
            shape: [1 + partners.count, batch.anchors.count],
            .int64(numbers)
        )
        model.pass = HeadStep(
            stage: isNormalised ? .moments : settings.expectsNeighbors ? .sharing : .predictions,
            batch: model.newParameter(array),
            place: settings.objective.partnerAugmentation.map { _ in
                model.newParameter(NamedArray(StepInputs.placeName, [Int64(model.history.count)]))
            },
            parameters: model.heads.indices.map { head in
                let parameters = model.heads[head].parameters
                return model.newParameter(
                    NamedArray(
                        StepInputs.parametersName(of: roles[head]),
                        shape: [parameters.count],
                        .float32(parameters)
                    )
                )
            }
        )
    }

    package func advance(_ model: inout HeadModel, with answer: Partial) throws {
        if let check = model.check { return try choose(check, &model, with: answer) }
        if model.isMeasuringInputs { return try measure(&model, with: answer) }
        guard var step = model.pass else { preconditionFailure("a program that has finished has no answers") }
        model.pass = nil
        switch step.stage {
        case .moments:
            step.moments = try answer.doubleTree("moments")
            step.normalisation = model.newParameter(normalisation(step.moments, rows: step.rows))
            step.stage = settings.expectsNeighbors ? .sharing : .predictions
        case .sharing:
            step.shared += try shared(answer, step.rows, SharedPredictions.predictionsName, &model)
            step.stage = .predictions
        case .predictions:
            let (losses, arrays) = try settings.objective.judge(answer, rows: step.rows)
            try check(losses, model)
            step.losses = losses
            step.judgement = arrays.map { model.newParameter($0) }
            step.stage = settings.expectsNeighbors ? .spreading : .slopes
        case .spreading:
            step.shared += try shared(answer, step.rows, SharedPredictions.slopesName, &model)
            step.stage = .slopes
        case .slopes:
            try take(answer, &step, model)
            guard isNormalised else { return finish(step, &model) }
            step.corrections = model.newParameter(
                corrections(try answer.doubleTree("corrections"), step, model)
            )
            step.stage = .weights
        case .weights:
            takeFirst(try answer.floatTree("first"), &step)
            return finish(step, &model)
        }
        model.pass = step
    }

    /// The rows of each head, put together for everybody.
    private func shared(
        _ answer: Partial,
        _ rows: Int,
        _ name: (Int) -> String,
        _ model: inout HeadModel
    ) throws -> [Parameter] {
        try roles.enumerated().map { head, role in
            let clusters = role.shape.clusters
            let values = try answer.floatRows(role.name, count: rows * clusters)
            return model.newParameter(NamedArray(name(head), shape: [rows, clusters], .float32(values)))
        }
    }

    private func check(_ losses: [Double], _ model: HeadModel) throws(ClusteringError) {
        guard losses.allSatisfy(\.isFinite) else {
            throw ClusteringError(
                .badData,
                "training diverged: epoch \(model.epoch + 1), step \(model.step + 1); lower the learning rate"
            )
        }
    }

    /// Calls `body` with each head that has a normalisation, each group, and where their sums begin.
    private func forEachGroup(_ body: (_ head: Int, _ group: Int, _ start: Int) -> Void) {
        var start = 0
        for head in roles.indices where roles[head].shape.hidden != nil {
            for group in 0..<groups {
                body(head, group, start)
                start += 2 * roles[head].shape.width
            }
        }
    }

    private func moments(_ sums: [Double], _ start: Int, width: Int, rows: Int) -> (
        means: [Double], variances: [Double]
    ) {
        let count = Double(rows)
        let means = (0..<width).map { sums[start + $0] / count }
        let variances = (0..<width).map { max(sums[start + width + $0] / count - means[$0] * means[$0], 0) }
        return (means, variances)
    }

    private static func scale(_ variance: Double) -> Double { 1 / (variance + Head.epsilon).squareRoot() }

    private func normalisation(_ sums: [Double], rows: Int) -> NamedArray {
        var values: [Float] = []
        forEachGroup { head, _, start in
            let (means, variances) = moments(sums, start, width: roles[head].shape.width, rows: rows)
            values += means.map { Float($0) } + variances.map { Float(Self.scale($0)) }
        }
        return NamedArray(StepInputs.normalisationName, shape: [values.count], .float32(values))
    }

    /// Takes the slopes of the last layers out of an answer, and those of the normalisation: all behind the first weights.
    private func take(_ answer: Partial, _ step: inout HeadStep, _ model: HeadModel) throws {
        let last = try answer.floatTree("last")
        var start = 0
        step.slopes = roles.map { role in
            let count = role.shape.lastWeights.count + role.shape.clusters
            defer { start += count }
            // That of the first bias is 0; those of gains and shifts are added.
            return [Float](repeating: 0, count: 3 * role.shape.width) + last[start..<start + count]
        }
        let sums = try answer.doubleTree("corrections")
        var slopes = step.slopes
        // One owner while they change.
        step.slopes = []
        forEachGroup { head, _, start in
            let shape = roles[head].shape
            let (gains, shifts) = (
                shape.gains.lowerBound - shape.firstWeights.count, shape.shifts.lowerBound - shape.firstWeights.count
            )
            for feature in 0..<shape.width {
                slopes[head][shifts + feature] += Float(sums[start + feature])
                slopes[head][gains + feature] += Float(sums[start + shape.width + feature])
            }
        }
        step.slopes = slopes
    }

    /// γ/√(σ² + ε), dβ/n and dγ/n of each group; METHODS §1.3.
    private func corrections(_ sums: [Double], _ step: HeadStep, _ model: HeadModel) -> NamedArray {
        let count = Double(step.rows)
        var values: [Float] = []
        forEachGroup { head, _, start in
            let shape = roles[head].shape
            let (_, variances) = moments(step.moments, start, width: shape.width, rows: step.rows)
            let gains = model.heads[head].parameters[shape.gains]
            values += zip(gains, variances).map { Float(Double($0) * Self.scale($1)) }
            values += sums[start..<start + 2 * shape.width].map { Float($0 / count) }
        }
        return NamedArray(StepInputs.correctionsName, shape: [values.count], .float32(values))
    }

    private func takeFirst(_ first: [Float], _ step: inout HeadStep) {
        var start = 0
        for head in roles.indices where roles[head].shape.hidden != nil {
            let count = roles[head].shape.firstWeights.count
            step.slopes[head] = first[start..<start + count] + step.slopes[head]
            start += count
        }
    }

    /// The optimiser's step, the running buffers, anchors before partners, and what comes next.
    private func finish(_ step: HeadStep, _ model: inout HeadModel) {
        forEachGroup { head, _, start in
            let (means, variances) = moments(step.moments, start, width: roles[head].shape.width, rows: step.rows)
            model.heads[head].record(means: means, variances: variances, count: step.rows)
        }
        for head in roles.indices {
            model.optimisers[head].update(
                &model.heads[head].parameters,
                slopes: step.slopes[head],
                step: model.history.count + 1,
                by: settings.optimiser
            )
        }
        average(&model)
        model.history.append(step.losses)
        model.step += 1
        guard let batches, model.step == batches.stepsPerEpoch else { return beginStep(&model) }
        model.step = 0
        model.epoch += 1
        guard let validation else { return beginEpoch(&model) }
        model.check = HeadCheck(
            batch: model.newParameter(validation.array),
            heads: roles.indices.map { head in
                var array = model.heads[head].array
                array.name = HeadCheck.headName(head)
                return model.newParameter(array)
            }
        )
    }

    private func average(_ model: inout HeadModel) {
        guard let kept = settings.averaging else { return }
        for head in roles.indices {
            for index in model.averages[head].indices {
                let (old, new) = (kept * model.averages[head][index], (1 - kept) * model.heads[head].parameters[index])
                model.averages[head][index] = old + new
            }
        }
    }

    private func beginEpoch(_ model: inout HeadModel) {
        guard model.epoch == settings.epochs else { return beginStep(&model) }
        for head in model.averages.indices { model.heads[head].parameters = model.averages[head] }
        if settings.buffers == .closedForm && isNormalised {
            model.isMeasuringInputs = true
        } else {
            model.isFinished = true
        }
    }

    /// Ties go to the earlier epoch and the lower head.
    private func choose(_ check: HeadCheck, _ model: inout HeadModel, with answer: Partial) throws {
        model.check = nil
        let judgements = try check.judgements(answer, clusters: roles[0].shape.clusters)
        model.validation.append(judgements)
        for (number, judgement) in judgements.enumerated() {
            if let chosen = model.chosen, !judgement.isBetter(than: chosen.judgement) { continue }
            model.chosen = ChosenHead(
                head: model.heads[number],
                number: number,
                epoch: model.epoch - 1,
                judgement: judgement
            )
        }
        beginEpoch(&model)
    }

    private func measure(_ model: inout HeadModel, with answer: Partial) throws {
        let sums = try answer.doubleTree("inputs")
        var start = 0
        let moments = inputs.map { input in
            let count = InputMoments.count(columns: input.columns)
            defer { start += count }
            return InputMoments(sums[start..<start + count], columns: input.columns, rows: input.rows)
        }
        for head in roles.indices where roles[head].shape.hidden != nil {
            moments[roles[head].input].record(in: &model.heads[head])
        }
        if var chosen = model.chosen {
            moments[roles[chosen.number].input].record(in: &chosen.head)
            model.chosen = chosen
        }
        model.isMeasuringInputs = false
        model.isFinished = true
    }
}
