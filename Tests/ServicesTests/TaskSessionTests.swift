import Clustering
import Synchronization
import Testing

@testable import Services

struct TaskSessionTests {
    private func round(of program: CountingProgram) throws -> Round {
        try #require(program.round(after: program.begin()))
    }

    @Test(arguments: [1, 2, 4, 16])
    func `any number of threads gives the same partial`(threads: Int) throws {
        let program = try CountingProgram.sample()
        let session = ProgramSession(program)
        #expect(try session.taskCount(of: round(of: program)) == 7)
        let finished = Mutex<[Int]>([])
        let partial = try #require(
            try session.partial(of: 1..<6, in: try round(of: program), threads: threads) { count in
                finished.withLock { $0.append(count) }
                return true
            }
        )
        #expect(partial.counts("sum") == [Int64((3..<18).reduce(0, +))])
        let one = try session.partial(of: 1..<6, in: try round(of: program), threads: 1) { _ in true }
        #expect(partial == one)
        #expect(finished.withLock { $0.sorted() } == [1, 2, 3, 4, 5])
    }

    @Test(arguments: [1, 4])
    func `a cancelled lease stops after the block at hand and has no answer`(threads: Int) throws {
        let program = try CountingProgram.sample()
        let blocks = Mutex(0)
        let partial = try ProgramSession(program).partial(of: 0..<7, in: try round(of: program), threads: threads) {
            _ in
            blocks.withLock { $0 += 1 }
            return false
        }
        #expect(partial == nil)
        #expect(blocks.withLock { $0 } <= threads)
    }

    @Test(arguments: [1, 4])
    func `an error of a task is the answer`(threads: Int) throws {
        let program = try CountingProgram.sample(.init(badBlock: 3))
        let round = try round(of: program)
        #expect(throws: ClusteringError.self) {
            try ProgramSession(program).partial(of: 0..<7, in: round, threads: threads) { _ in true }
        }
        #expect(try ProgramSession(program).partial(of: 4..<7, in: round, threads: threads) { _ in true } != nil)
    }
}
