import Clustering
import Coordination
import Dispatch
import Shards
import Synchronization

/// A job as a worker sees it: its program, and the round at hand.
protocol TaskSession: Sendable {
    /// How many tasks a round has.
    func taskCount(of round: Round) throws -> Int

    /// Does the tasks of `blocks` and merges their answers.
    /// - Parameters:
    ///   - threads: how many blocks are worked on at once.
    ///   - watch: is told after each block how many are done, from any thread; false cancels.
    /// - Returns: nil when cancelled.
    func partial(
        of blocks: Range<Int>,
        in round: Round,
        threads: Int,
        watch: @escaping @Sendable (_ finishedBlocks: Int) -> Bool
    ) throws -> Partial?
}

struct ProgramSession<Method: Program>: TaskSession {
    private let program: Method
    private let memory: Method.Memory

    init(_ program: Method) {
        self.program = program
        memory = program.makeMemory()
    }

    func taskCount(of round: Round) throws -> Int { try program.taskCount(of: round) }

    func partial(
        of blocks: Range<Int>,
        in round: Round,
        threads: Int,
        watch: @escaping @Sendable (Int) -> Bool
    ) throws -> Partial? {
        let queue = BlockQueue(blocks)
        if threads == 1 {
            try work(on: queue, in: round, watch: watch)
        } else {
            DispatchQueue.concurrentPerform(iterations: min(threads, blocks.count)) { _ in
                do {
                    try work(on: queue, in: round, watch: watch)
                } catch {
                    queue.fail(error)
                }
            }
        }
        return try queue.result()
    }

    /// One thread's share: block after block until none is left, then one merge.
    private func work(on queue: BlockQueue, in round: Round, watch: (Int) -> Bool) throws {
        var answer = try program.emptyPartial(for: round)
        var mapper = try program.mapper(for: round, memory: memory)
        while let number = queue.next() {
            try mapper.map(program.task(number, of: round), into: &answer)
            if !watch(queue.finish()) { queue.cancel() }
        }
        queue.merge(answer)
    }
}

/// The blocks of one lease, handed out to threads, and what they answered.
private final class BlockQueue: Sendable {
    private struct State {
        var remaining: Range<Int>
        var finished = 0
        var isCancelled = false
        var failure: (any Error)?
        var answer: Partial?
    }

    private let state: Mutex<State>

    init(_ blocks: Range<Int>) {
        state = Mutex(State(remaining: blocks))
    }

    func next() -> Int? {
        state.withLock { state in
            state.isCancelled || state.failure != nil ? nil : state.remaining.popFirst()
        }
    }

    /// Counts a block and says how many are done.
    func finish() -> Int {
        state.withLock { state in
            state.finished += 1
            return state.finished
        }
    }

    func cancel() { state.withLock { $0.isCancelled = true } }

    func fail(_ error: any Error) { state.withLock { $0.failure = $0.failure ?? error } }

    func merge(_ partial: Partial) {
        state.withLock { state in
            if state.answer == nil {
                state.answer = partial
            } else {
                state.answer?.merge(partial)
            }
        }
    }

    func result() throws -> Partial? {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.isCancelled ? nil : state.answer
        }
    }
}
