package import Shards

/// A method, as rounds: ordinary sequential code over one operation, *map these blocks, merge the partials*.
///
/// The coordinator's half is `begin`, `round(after:)` and `advance`; the workers' half is `mapper(for:memory:)`. Both are
/// made from the same settings and dataset, and neither knows where it runs: `LocalRunner` runs a program in one process
/// and is the reference, and a fleet must end with the same bits.
package protocol Program: Sendable {
    /// What the program carries between rounds: all of it, so that another process can go on from its bytes.
    associatedtype Model: Sendable & ModelCoded
    /// What a worker may keep between rounds about blocks it has seen. It only saves work: an answer must not depend on
    /// what is in it.
    associatedtype Memory: Sendable
    /// What the user chose; travels to workers as JSON.
    associatedtype Settings: Codable & Sendable

    /// The program's name in a job's description.
    static var name: String { get }

    /// Whether the bits of its results may depend on the kernels that a worker computes with, so that all workers must state
    /// the same fingerprint.
    ///
    /// What is decided by scores in float64, whatever proposes it, does not, nor what is computed with ordered products
    /// and sums that no instruction set changes. Unless a program says so, it is taken to depend on them.
    static var dependsOnKernel: Bool { get }

    var settings: Settings { get }
    var dataset: Dataset { get }

    init(settings: Settings, dataset: Dataset) throws

    /// The model before the first round.
    func begin() throws -> Model

    /// Makes what the program keeps outside its model, such as in files, what it was when the model was saved, before
    /// anything else is asked of a model of an earlier life.
    func resume(from model: Model) throws

    /// The next round, or nil when the program has finished.
    func round(after model: Model) -> Round?

    /// An answer to `round` that has seen no block: what every other is merged into, and the shape that a peer's answer
    /// is held to.
    func emptyPartial(for round: Round) throws -> Partial

    /// How many tasks a round of this kind and with these parameters has, as both halves see it.
    func taskCount(of round: Round) throws -> Int

    /// What a task of a round is about: the dataset's block of that number, unless the program cuts something else.
    func task(_ number: Int, of round: Round) -> Block

    func makeMemory() -> Memory

    /// A mapper for the blocks of one round, which one thread uses.
    func mapper(for round: Round, memory: Memory) throws -> any Mapper

    /// Takes the merged answer to the round that `round(after: model)` gave.
    func advance(_ model: inout Model, with answer: Partial) throws

    /// Where the program stands, for people.
    func progress(of model: Model) -> Progress
}

extension Program {
    package static var dependsOnKernel: Bool { true }

    package func taskCount(of round: Round) throws -> Int { dataset.blockCount }
    package func task(_ number: Int, of round: Round) -> Block { dataset.block(number) }
}

/// The tasks of one round, on one thread of one worker.
package protocol Mapper {
    /// Does the task of one block and merges its answer into `partial`. A pure function of the block and the round's
    /// parameters: a task may be done twice, anywhere, late, and every answer is the same answer.
    mutating func map(_ block: Block, into partial: inout Partial) throws

    /// Merges what the tasks have in common into `partial`, after the last of them: what a mapper gathers over many blocks
    /// and would otherwise have to give after each.
    mutating func finish(into partial: inout Partial) throws

    /// What the tasks so far took to be certain.
    var certification: Certification { get }
}

extension Program {
    /// Nothing, for a program whose model is all that it carries.
    package func resume(from model: Model) throws {}
}

extension Mapper {
    /// Nothing, for a mapper that finds neither labels nor lists.
    package var certification: Certification { Certification() }

    /// Nothing, for a mapper that holds nothing back.
    package mutating func finish(into partial: inout Partial) throws {}
}

/// Where a program stands.
package struct Progress: Sendable, Equatable {
    /// What it is doing, such as `seeding` or `iterating`.
    package var phase: String
    /// Steps done in this phase, and how many there are at most.
    package var done: Int
    package var limit: Int
    package var objective: Double?
    /// Labels that changed in the last iteration.
    package var moved: Int?
    /// Steps of the limit that the round at hand does, where it does many; from it follows how far it is.
    package var stepsOfRound: Int
    /// Which of several runs from other beginnings this is; nil where there is but one.
    package var restart: Restart?
    /// Iterations still to come at most, in this phase and after it, each like those done; nil where that is not known.
    package var iterationsLeft: Int?

    /// One of several runs.
    package struct Restart: Sendable, Equatable {
        /// From 1.
        package var number: Int
        package var count: Int
    }

    package init(
        phase: String,
        done: Int,
        limit: Int,
        objective: Double? = nil,
        moved: Int? = nil,
        stepsOfRound: Int = 0
    ) {
        self.phase = phase
        self.done = done
        self.limit = limit
        self.objective = objective
        self.moved = moved
        self.stepsOfRound = stepsOfRound
    }
}
