import Clustering
import Coordination
import Shards

/// The simulated coordinator's hold on the program, as the service's: its model, its round, and the answer so far.
struct ProgramHost {
    private let reference: ReferenceRun
    private let merge: @Sendable (inout Partial, Partial) -> Void
    private let rows: CollectedRows

    private(set) var model: KMeans.Model
    private(set) var round: Round?
    /// Of the round at hand, from 1.
    private(set) var number: UInt64
    private var answer = Partial([])
    private var template = Partial([])

    /// - Parameters:
    ///   - number: how many rounds have been done.
    ///   - model: as bytes.
    init(
        _ reference: ReferenceRun,
        from number: UInt64,
        _ model: [UInt8],
        rows: CollectedRows,
        merge: @escaping @Sendable (inout Partial, Partial) -> Void
    ) throws {
        self.reference = reference
        self.number = number
        self.rows = rows
        self.merge = merge
        self.model = try reference.program.decode(model)
    }

    var encodedModel: [UInt8] { reference.program.encode(model) }

    /// Moves to the next round; nil when the program has finished.
    mutating func nextRound(isRecorded: Bool) throws -> RoundRequest? {
        round = reference.program.round(after: model)
        guard let round else { return nil }
        number += 1
        template = try reference.program.emptyPartial(for: round)
        answer = template
        return RoundRequest(
            round: RoundID(number),
            kind: round.kind,
            parameters: round.parameters.map { ParameterReference(name: $0.array.name, version: $0.version) },
            blocks: round.blocks,
            isRecorded: isRecorded
        )
    }

    /// - Throws: where the arrays of a peer are not an answer to the round at hand.
    func check(_ answer: Answer) throws(ClusteringError) {
        do {
            let partial = try Partial(arrays: answer.partial.arrays(), template: template)
            let blocks = reference.program.dataset
            let rows = blocks.block(answer.blocks.lowerBound).rows.lowerBound
            try partial.checkRows(areWithin: rows..<blocks.block(answer.blocks.upperBound - 1).rows.upperBound)
        } catch let error as ClusteringError {
            throw error
        } catch {
            throw ClusteringError(.internalError, "\(error)")
        }
    }

    mutating func take(_ partial: Partial) throws {
        merge(&answer, partial)
        if round?.deliversRows == true { try answer.deliverRows(to: rows) }
    }

    mutating func advance() throws {
        try reference.program.advance(&model, with: answer)
        answer = Partial([])
        round = nil
    }

    /// The arrays of a notice, which it names by their places.
    func arrays(attachedTo notice: RoundNotice) -> [Parameter] {
        guard let round, notice.round.rawValue == number else { return [] }
        return notice.attached.map { round.parameters[$0] }
    }
}
