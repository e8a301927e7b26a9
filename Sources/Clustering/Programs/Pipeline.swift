package import Shards
import Synchronization

/// Programs that run one after the other as one: one job, one fleet, one journal.
///
/// A conforming type names its stages; what a program needs of earlier ones it gets when it begins, from their models, or
/// from files that they have written. A pipeline is a program, so it can be a stage of another. The model keeps every
/// stage's, so a checkpoint holds what has been found and where the present stage is.
package protocol Pipeline: Program where Memory == PipelineMemory {
    /// In the order they run; the same in every process that opens the pipeline from the same settings, and at most
    /// `PipelineRounds.mostStages`.
    var stages: [Stage<Model>] { get }
    /// The model in which no stage has begun.
    func emptyModel() -> Model
}

extension Pipeline {
    package func begin() throws -> Model {
        var model = emptyModel()
        try beginNext(&model)
        return model
    }

    package func resume(from model: Model) throws {
        guard let index = current(in: model) else { return }
        try stages[index].part.resume(from: model)
    }

    package func round(after model: Model) -> Round? {
        guard let index = current(in: model) else { return nil }
        return stages[index].part.round(after: model).map { PipelineRounds.outer($0, stages[index].name, index) }
    }

    package func advance(_ model: inout Model, with answer: Partial) throws {
        guard let index = current(in: model) else { preconditionFailure("an answer to a pipeline that has not begun") }
        try stages[index].part.advance(&model, with: answer)
        try beginNext(&model)
    }

    package func progress(of model: Model) -> Progress {
        guard let index = current(in: model) else { return Progress(phase: "starting", done: 0, limit: 1) }
        return stages[index].part.progress(of: model)
    }

    package func taskCount(of round: Round) throws -> Int {
        let (index, inner) = try PipelineRounds.inner(round, of: stages.map(\.name))
        return try stages[index].part.taskCount(of: inner)
    }

    package func task(_ number: Int, of round: Round) -> Block {
        guard let (index, inner) = try? PipelineRounds.inner(round, of: stages.map(\.name)) else {
            preconditionFailure("a task of an unknown stage: \(round.kind)")
        }
        return stages[index].part.task(number, of: inner)
    }

    package func emptyPartial(for round: Round) throws -> Partial {
        let (index, inner) = try PipelineRounds.inner(round, of: stages.map(\.name))
        return try stages[index].part.emptyPartial(for: inner)
    }

    package func makeMemory() -> PipelineMemory { PipelineMemory() }

    package func mapper(for round: Round, memory: PipelineMemory) throws -> any Mapper {
        let (index, inner) = try PipelineRounds.inner(round, of: stages.map(\.name))
        let part = stages[index].part
        return try part.mapper(for: inner, memory: try memory.memory(ofStage: index, part.makeMemory))
    }

    /// The last stage that has begun.
    private func current(in model: Model) -> Int? {
        stages.lastIndex { $0.part.hasBegun(in: model) }
    }

    /// Begins the next stage where the present one has finished.
    private func beginNext(_ model: inout Model) throws {
        while round(after: model) == nil {
            let next = current(in: model).map { $0 + 1 } ?? 0
            guard next < stages.count else { return }
            try stages[next].part.begin(&model)
        }
    }
}

/// How the rounds of stages are told apart.
package enum PipelineRounds {
    package static let mostStages = 16

    /// A stage's round as the pipeline's: its kind says whose it is, and no version of its parameters is another stage's.
    static func outer(_ round: Round, _ name: String, _ stage: Int) -> Round {
        precondition(stage < mostStages, "\(stage + 1) stages in a pipeline")
        var outer = round
        outer.kind = "\(name)/\(round.kind)"
        for index in outer.parameters.indices {
            outer.parameters[index].version = round.parameters[index].version * UInt64(mostStages) + UInt64(stage)
        }
        return outer
    }

    /// The stage that a pipeline's round belongs to, and the round as that stage's program knows it.
    ///
    /// Versions stay the pipeline's: a program only asks whether they are equal.
    static func inner(_ round: Round, of stages: [String]) throws(ClusteringError) -> (stage: Int, round: Round) {
        let name = round.kind.prefix { $0 != "/" }
        guard let stage = stages.firstIndex(where: { $0 == name }), name.count < round.kind.count else {
            throw ClusteringError(
                .internalError,
                "round of an unknown stage: \(round.kind); run the same version of coterie everywhere"
            )
        }
        var inner = round
        inner.kind = String(round.kind.dropFirst(name.count + 1))
        return (stage, inner)
    }
}

/// What a worker keeps between the rounds of the stage at work; that of earlier stages goes.
package final class PipelineMemory: Sendable {
    private let current = Mutex<(stage: Int, memory: any Sendable)?>(nil)

    func memory(ofStage stage: Int, _ make: () throws -> any Sendable) rethrows -> any Sendable {
        try current.withLock { current in
            if let current, current.stage == stage { return current.memory }
            let memory = try make()
            current = (stage, memory)
            return memory
        }
    }
}
