import Shards
import Synchronization

/// One program of a pipeline, and where in the pipeline's model that program's own is kept.
///
/// It is opened when its turn comes, since it may read what an earlier stage has written, and stays open.
package struct Stage<Model: Sendable>: Sendable {
    /// Unlike that of any other stage; rounds are called `<stage>/<kind>`.
    package let name: String
    let part: any StagePart<Model>

    /// - Parameters:
    ///   - place: holds the program's model from when the stage begins; nil until then.
    ///   - open: makes the program from the pipeline's settings and from files, on any machine.
    ///   - begin: the program's first model, by what the stages before it have found. Only the coordinator asks.
    package init<Method: Program>(
        _ name: String,
        at place: any WritableKeyPath<Model, Method.Model?> & Sendable,
        open: @escaping @Sendable () throws -> Method,
        begin: @escaping @Sendable (Method, Model) throws -> Method.Model = { program, _ in try program.begin() }
    ) {
        self.name = name
        part = ProgramPart(place: place, open: open, first: begin)
    }
}

/// A stage whose program's type is known only inside.
protocol StagePart<Model>: Sendable {
    associatedtype Model

    func hasBegun(in model: Model) -> Bool
    func begin(_ model: inout Model) throws
    func resume(from model: Model) throws
    func round(after model: Model) -> Round?
    func advance(_ model: inout Model, with answer: Partial) throws
    func progress(of model: Model) -> Progress
    func taskCount(of round: Round) throws -> Int
    func task(_ number: Int, of round: Round) -> Block
    func emptyPartial(for round: Round) throws -> Partial
    func makeMemory() throws -> any Sendable
    func mapper(for round: Round, memory: any Sendable) throws -> any Mapper
}

private final class ProgramPart<Model, Method: Program>: StagePart {
    private let place: any WritableKeyPath<Model, Method.Model?> & Sendable
    private let open: @Sendable () throws -> Method
    private let first: @Sendable (Method, Model) throws -> Method.Model
    private let opened = Mutex<Method?>(nil)

    init(
        place: any WritableKeyPath<Model, Method.Model?> & Sendable,
        open: @escaping @Sendable () throws -> Method,
        first: @escaping @Sendable (Method, Model) throws -> Method.Model
    ) {
        self.place = place
        self.open = open
        self.first = first
    }

    private func program() throws -> Method {
        try opened.withLock { opened in
            if let opened { return opened }
            let program = try open()
            opened = program
            return program
        }
    }

    /// The program of a stage at work: to begin it, to resume it or to make a mapper for it has opened it.
    private var openProgram: Method {
        guard let program = opened.withLock({ $0 }) else { preconditionFailure("a stage that was not opened") }
        return program
    }

    func hasBegun(in model: Model) -> Bool { model[keyPath: place] != nil }

    func begin(_ model: inout Model) throws {
        model[keyPath: place] = try first(try program(), model)
    }

    func resume(from model: Model) throws {
        guard let own = model[keyPath: place] else { return }
        try program().resume(from: own)
    }

    func round(after model: Model) -> Round? {
        model[keyPath: place].flatMap { openProgram.round(after: $0) }
    }

    func advance(_ model: inout Model, with answer: Partial) throws {
        guard var own = model[keyPath: place] else { preconditionFailure("an answer to a stage that has not begun") }
        // So that the program's model has one owner.
        model[keyPath: place] = nil
        try program().advance(&own, with: answer)
        model[keyPath: place] = own
    }

    func progress(of model: Model) -> Progress {
        guard let own = model[keyPath: place] else { return Progress(phase: "waiting", done: 0, limit: 1) }
        return openProgram.progress(of: own)
    }

    func taskCount(of round: Round) throws -> Int { try program().taskCount(of: round) }

    func task(_ number: Int, of round: Round) -> Block { openProgram.task(number, of: round) }

    func emptyPartial(for round: Round) throws -> Partial { try program().emptyPartial(for: round) }

    func makeMemory() throws -> any Sendable { try program().makeMemory() }

    func mapper(for round: Round, memory: any Sendable) throws -> any Mapper {
        guard let memory = memory as? Method.Memory else { preconditionFailure("memory of another stage") }
        return try program().mapper(for: round, memory: memory)
    }
}
