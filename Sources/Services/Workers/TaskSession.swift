import Clustering
import Coordination
import Dispatch
import Shards

/// A job as a worker sees it: its program, and the round at hand.
protocol TaskSession: Sendable {
    /// How many tasks a round has.
    func taskCount(of round: Round) throws -> Int

    /// Does the tasks of `blocks` and merges their answers.
    /// - Parameters:
    ///   - threads: how many blocks are worked on at once.
    ///   - watch: is told after each block how many are done, from any thread, and says how to go on.
    /// - Returns: the answer, what it took to be certain, and of which blocks it is: all, or the first of them when told to
    ///   finish; nil when cancelled.
    func partial(
        of blocks: Range<Int>,
        in round: Round,
        threads: Int,
        watch: @escaping @Sendable (_ finishedBlocks: Int) -> LeaseVerdict
    ) throws -> (partial: Partial, blocks: Range<Int>, certification: Certification)?
}

/// What becomes of a lease that is being worked on.
enum LeaseVerdict {
    case goOn
    /// Finish the blocks at hand, begin no other, and answer those that are done.
    case finish
    /// Nobody wants the answer.
    case cancel
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
        watch: @escaping @Sendable (Int) -> LeaseVerdict
    ) throws -> (partial: Partial, blocks: Range<Int>, certification: Certification)? {
        let work = RoundWork(blocks)
        DispatchQueue.concurrentPerform(iterations: min(threads, blocks.count)) { _ in
            work.share(of: program, round, memory) { finished in
                switch watch(finished) {
                case .goOn: break
                case .finish: work.stop()
                case .cancel: work.cancel()
                }
            }
        }
        return try work.result().map { ($0.answer, $0.tasks, work.certification) }
    }
}
