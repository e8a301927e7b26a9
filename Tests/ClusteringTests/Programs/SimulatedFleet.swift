import Shards
import Tensors

@testable import Clustering

/// A fleet in one process: workers of separate memories that are given blocks at random, lose some of their answers and
/// give others twice, and whose answers arrive in any order, as arrays.
struct SimulatedFleet<Method: Program> {
    let coordinator: Method
    /// What workers hold: made from the job's description, as theirs are.
    let remote: Method
    let workers: Int
    let seed: UInt64

    init(_ program: Method, workers: Int, seed: UInt64) throws {
        coordinator = program
        guard let remote = try ProgramCatalog.open(JobDescription(text: JobDescription(of: program).text())) as? Method
        else { throw ClusteringError(.internalError, "the catalogue knows another program of that name") }
        self.remote = remote
        self.workers = workers
        self.seed = seed
    }

    func run(sink: any RowSink) throws -> Method.Model {
        var draws = CounterRandom(seed: seed, purpose: .init(code: 0xFFFF_0002)).draws(forRow: 0)
        var memories = (0..<workers).map { _ in remote.makeMemory() }
        var model = try coordinator.begin()
        while let round = coordinator.round(after: model) {
            var answer = try coordinator.emptyPartial(for: round)
            for partial in try partials(of: round, &memories, &draws).shuffled(using: &draws) {
                answer.merge(try Partial(arrays: partial.arrays(), template: coordinator.emptyPartial(for: round)))
                if round.deliversRows { try answer.deliverRows(to: sink) }
            }
            try coordinator.advance(&model, with: answer)
        }
        return model
    }

    private func partials(
        of round: Round,
        _ memories: inout [Method.Memory],
        _ draws: inout CounterRandom.Draws
    ) throws -> [Partial] {
        var kept: [Partial] = []
        var block = 0
        while block < round.blocks {
            let end = min(block + 1 + draws.integer(below: 3), round.blocks)
            let fate = draws.integer(below: 8)
            // Work that is lost with its worker, and work that is done twice of which one answer counts.
            if fate == 0 { memories[draws.integer(below: workers)] = remote.makeMemory() }
            if fate <= 2 { _ = try work(block..<end, round, memories[draws.integer(below: workers)]) }
            kept.append(try work(block..<end, round, memories[draws.integer(below: workers)]))
            block = end
        }
        return kept
    }

    private func work(_ blocks: Range<Int>, _ round: Round, _ memory: Method.Memory) throws -> Partial {
        var partial = try remote.emptyPartial(for: round)
        var mapper = try remote.mapper(for: round, memory: memory)
        for block in blocks.reversed() { try mapper.map(remote.task(block, of: round), into: &partial) }
        return partial
    }
}
