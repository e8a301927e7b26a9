import Shards
import Tensors

// What comes after each band: its lists by float64 scores.
extension Neighbors {
    /// Candidates beyond the neighbours that are wanted: so many that nearly always the last is too far from them for
    /// float32 to be wrong about what was left out.
    private static let furtherCandidates = 4
    /// Rows of a task: enough for rows that are not certain to be searched together, few enough for workers to share a band.
    private static let settledRows = 1024

    /// The neighbours that a row can have.
    var mostNeighbors: Int {
        settings.queries != nil || settings.includesSelf ? dataset.rows : dataset.rows - 1
    }

    /// Entries of a list while it grows, K.
    package var candidateCount: Int { min(mostNeighbors, settings.k + Self.furtherCandidates) }

    /// The tasks that settle a band of so many rows.
    package func settlingTasks(ofRows rows: Int) -> Int { (rows + Self.settledRows - 1) / Self.settledRows }

    /// Tasks of a lease, whose answer has a list for every row of them.
    private var largestSettlingLease: Int { max(1, Self.answerBytes / (8 * settings.k * Self.settledRows)) }

    /// The rows of a task that settles some of a band's.
    func settledRows(ofTask number: Int, band: Range<Int>) -> Range<Int> {
        let first = band.lowerBound + number * Self.settledRows
        return first..<min(band.upperBound, first + Self.settledRows)
    }

    /// The round that settles the band at hand.
    func settlingRound(_ candidates: [Parameter], _ model: Model) -> Round {
        let greatestNorm = NamedArray(SettleMapper.greatestNormName, [model.survey?.greatestNorm ?? 0])
        return Round(
            kind: SettleMapper.kind,
            parameters: [bandParameter(model), Parameter(greatestNorm, version: 1)] + candidates,
            blocks: settlingTasks(ofRows: rows(of: blocks(ofBand: model.finishedBands)).count),
            largestLease: largestSettlingLease
        )
    }

    /// What was found for a band's rows, as the round that settles them reads it.
    func candidates(of store: NeighborStore, _ band: Range<Int>, version: UInt64) throws -> [Parameter] {
        let (indices, scores) = try store.candidates(of: band, scoresFrom: settings.k)
        let further = candidateCount - settings.k
        return [
            NamedArray(SettleMapper.candidatesName, shape: [band.count, candidateCount], .int32(indices)),
            NamedArray(SettleMapper.scoresName, shape: [band.count, further], .float32(scores)),
        ].map { Parameter($0, version: version) }
    }
}
