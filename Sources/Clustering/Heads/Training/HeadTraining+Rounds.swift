package import Shards
import Tensors

extension HeadTraining {
    private static func kind(of stage: HeadStep.Stage) -> String {
        switch stage {
        case .moments: "moments"
        case .sharing: "sharing"
        case .spreading: "spreading"
        case .predictions: "predictions"
        case .slopes: "slopes"
        case .weights: "weights"
        }
    }

    static func stage(of round: Round) throws(ClusteringError) -> HeadStep.Stage {
        let stages: [HeadStep.Stage] = [.moments, .sharing, .predictions, .spreading, .slopes, .weights]
        guard let stage = stages.first(where: { kind(of: $0) == round.kind }) else {
            throw ClusteringError(
                .internalError,
                "unknown round: \(round.kind); run the same version of coterie everywhere"
            )
        }
        return stage
    }

    package func round(after model: HeadModel) -> Round? {
        if let check = model.check {
            return Round(
                kind: HeadValidationMapper.kind,
                parameters: [check.batch] + check.heads,
                blocks: BatchPieces.count(ofBatch: check.rows),
                deliversRows: false
            )
        }
        if model.isMeasuringInputs {
            return Round(
                kind: InputMomentsMapper.kind,
                parameters: [],
                blocks: dataset.blockCount,
                deliversRows: false
            )
        }
        guard let step = model.pass else { return nil }
        let optional = [step.place, step.normalisation, step.corrections].compactMap(\.self)
        return Round(
            kind: Self.kind(of: step.stage),
            parameters: [step.batch] + step.parameters + optional + step.judgement + step.shared
                + (expectedNeighbors?.parameters ?? []),
            blocks: BatchPieces.count(ofBatch: step.rows),
            deliversRows: false,
            isOfStep: true
        )
    }

    package func taskCount(of round: Round) throws -> Int {
        if round.kind == InputMomentsMapper.kind { return dataset.blockCount }
        let shape = try round.parameter(StepInputs.batchName).array.shape
        guard shape.count == 2, shape[1] >= 1 else {
            throw ClusteringError(.internalError, "batch without rows: \(round.kind); report this")
        }
        return BatchPieces.count(ofBatch: shape[1])
    }

    package func task(_ number: Int, of round: Round) -> Block {
        guard let batch = round.parameters.first(where: { $0.array.name == StepInputs.batchName }) else {
            return dataset.block(number)
        }
        return BatchPieces.piece(number, ofBatch: batch.array.shape[1])
    }

    package func emptyPartial(for round: Round) throws -> Partial {
        let tasks = try taskCount(of: round)
        if round.kind == InputMomentsMapper.kind {
            let count = inputs.reduce(0) { $0 + InputMoments.count(columns: $1.columns) }
            return Partial([("inputs", .doubleTree(TreeSums(tasks: tasks, count: count)))])
        }
        if round.kind == HeadValidationMapper.kind {
            let count = roles.reduce(0) { $0 + HeadCheck.sums(ofClusters: $1.shape.clusters) }
            return Partial([("sums", .doubleTree(TreeSums(tasks: tasks, count: count)))])
        }
        let widths = roles.reduce(0) { $0 + $1.shape.width }
        let sums = Partial.Field.doubleTree(TreeSums(tasks: tasks, count: 2 * groups * widths))
        let rows = roles.map { ($0.name, Partial.Field.rows(RowPieces())) }
        switch try Self.stage(of: round) {
        case .moments: return Partial([("moments", sums)])
        case .sharing, .spreading: return Partial(rows)
        case .predictions: return Partial(settings.objective.emptyFields(tasks: tasks))
        case .slopes:
            let count = roles.reduce(0) { $0 + $1.shape.lastWeights.count + $1.shape.clusters }
            return Partial([("last", .floatTree(TreeSums(tasks: tasks, count: count))), ("corrections", sums)])
        case .weights:
            let count = roles.reduce(0) { $0 + $1.shape.firstWeights.count }
            return Partial([("first", .floatTree(TreeSums(tasks: tasks, count: count)))])
        }
    }

    package func mapper(for round: Round, memory: HeadMemory) throws -> any Mapper {
        switch round.kind {
        case InputMomentsMapper.kind: InputMomentsMapper(inputs)
        case HeadValidationMapper.kind: try HeadValidationMapper(dataset, round, heads: roles.count)
        default: try HeadMapper(self, round, memory)
        }
    }
}
