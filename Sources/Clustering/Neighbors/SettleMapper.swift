import Shards
import Tensors

/// The round `settle`: the final lists of a band's rows, of the candidates that its round `band` has found for them.
struct SettleMapper: Mapper {
    static let kind = "settle"
    static let candidatesName = "candidates"
    static let scoresName = "candidate-scores"
    static let greatestNormName = "greatest-norm"

    private let program: Neighbors
    /// The first row of the band.
    private let firstRow: Int
    /// Of each row of the band.
    private let candidates: [Int32]
    /// Of each row of the band: float32 scores of those that it has candidates for beyond its neighbours.
    private let scores: [Float]
    private var settling: ListSettling

    init(_ program: Neighbors, _ round: Round, _ memory: NeighborsMemory) throws {
        self.program = program
        let rows = program.rows(of: try program.bandBlocks(of: round))
        firstRow = rows.lowerBound
        (candidates, scores) = try Self.candidates(of: rows.count, in: round, program)
        let greatestNorm = try round.parameter(Self.greatestNormName).array.doubles(count: 1)[0]
        settling = ListSettling(program, k: program.settings.k, greatestNorm: greatestNorm, memory)
    }

    private static func candidates(
        of rows: Int,
        in round: Round,
        _ program: Neighbors
    ) throws(ClusteringError) -> ([Int32], [Float]) {
        guard case .int32(let candidates) = try round.parameter(candidatesName).array.values,
            candidates.count == rows * program.candidateCount,
            candidates.allSatisfy({ $0 >= 0 && Int($0) < program.dataset.rows })
        else { throw round.missing(candidatesName) }
        let further = program.candidateCount - program.settings.k
        return (candidates, try round.parameter(scoresName).array.floats(count: rows * further))
    }

    var certification: Certification { settling.certification }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        let first = block.rows.lowerBound - firstRow
        let (count, further) = (program.candidateCount, program.candidateCount - program.settings.k)
        let excludesOwn = program.queries == nil && !program.settings.includesSelf
        let (candidates, scores, areAll) = (candidates, scores, count == program.mostNeighbors)
        let lists = try settling.lists(
            of: .init(
                values: program.listed.read(rows: block.rows),
                own: excludesOwn ? block.rows.map(Int32.init) : nil
            ),
            { row in
                ListSettling.Candidates(
                    indices: candidates[(first + row) * count..<(first + row + 1) * count],
                    furtherScores: scores[(first + row) * further..<(first + row + 1) * further],
                    areAll: areAll
                )
            }
        )
        lists.give(firstRow: block.rows.lowerBound, to: &partial)
    }
}
