import Shards
import Tensors

/// The round `settle-sample`: the exact neighbours of the sampled rows, of the candidates that the round `sample` has found.
///
/// A task is some places of the sample.
struct SampleSettleMapper: Mapper {
    static let kind = "settle-sample"
    private static let candidatesName = "candidates"
    private static let scoresName = "candidate-scores"
    /// Rows of a task.
    private static let taskRows = 128

    private let program: ApproximateNeighbors
    private let rows: [Int]
    private let candidates: [Int32]
    private let scores: [Float]
    private var settling: ListSettling

    init(_ program: ApproximateNeighbors, _ round: Round, _ memory: CellMemory) throws {
        self.program = program
        rows = try SampleMapper.rows(of: round, program.dataset)
        guard case .int32(let candidates) = try round.parameter(Self.candidatesName).array.values,
            candidates.count == rows.count * program.candidatesOfSample,
            candidates.allSatisfy({ $0 >= 0 && Int($0) < program.dataset.rows })
        else { throw round.missing(Self.candidatesName) }
        self.candidates = candidates
        let further = program.candidatesOfSample - program.listLengthOfSample
        scores = try round.parameter(Self.scoresName).array.floats(count: rows.count * further)
        settling = ListSettling(program.exact, k: program.listLengthOfSample, memory.neighbors)
    }

    /// What it reads besides the rows.
    /// - Throws: `ClusteringError.Code.internalError` where lists are not full.
    static func parameters(
        from lists: NeighborLists,
        of program: ApproximateNeighbors
    ) throws(ClusteringError) -> [Parameter] {
        guard lists.counts.allSatisfy({ $0 == lists.k }) else {
            throw ClusteringError(.internalError, "lists not full: the sample's; report this")
        }
        let further = program.candidatesOfSample - program.listLengthOfSample
        let scores = (0..<lists.rows).flatMap { lists.scores(ofRow: $0).suffix(further) }
        return [
            NamedArray(candidatesName, lists.indices),
            NamedArray(scoresName, shape: [lists.rows, further], .float32(scores)),
        ].map { Parameter($0, version: 1) }
    }

    static func taskCount(ofRows rows: Int) -> Int { (rows + taskRows - 1) / taskRows }

    static func places(ofTask number: Int, rows: Int) -> Range<Int> {
        number * taskRows..<min(rows, (number + 1) * taskRows)
    }

    var certification: Certification { settling.certification }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        let (count, further) = (program.candidatesOfSample, program.candidatesOfSample - program.listLengthOfSample)
        let (candidates, scores, areAll) = (candidates, scores, count == program.dataset.rows)
        let first = block.rows.lowerBound
        let lists = try settling.lists(of: .init(values: program.dataset.gather(Array(rows[block.rows])), own: nil)) {
            ListSettling.Candidates(
                indices: candidates[(first + $0) * count..<(first + $0 + 1) * count],
                furtherScores: scores[(first + $0) * further..<(first + $0 + 1) * further],
                areAll: areAll
            )
        }
        lists.give(firstRow: first, to: &partial)
    }
}
