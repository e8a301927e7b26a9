import Clustering
import Coordination
import Shards
import Wire

/// The coordinator's hold on the program: its model, the round that the fleet works on, and the answer so far.
struct ProgramHost<Method: Program> {
    let program: Method
    private let sink: (any RowSink)?
    private let clock = ContinuousClock()

    private(set) var model: Method.Model
    private(set) var round: Round?
    private var number: UInt64
    private var started: ContinuousClock.Instant
    private var answer = Partial([])
    private var template = Partial([])
    private(set) var mergedBlocks = 0
    /// Of the answers that were merged in the present round.
    private var certification = Certification()
    /// Of the round's parameters, by their places, those that have been sent.
    private var tensors: [Int: WireTensor] = [:]

    /// - Parameter start: where to go on; the program's beginning where nil.
    init(_ program: Method, sink: (any RowSink)?, from start: RoundMark<Method.Model>?) throws {
        self.program = program
        self.sink = sink
        started = clock.now
        model = try start?.model ?? program.begin()
        if start != nil { try program.resume(from: model) }
        number = start?.number ?? 0
    }

    var roundID: RoundID { RoundID(number) }

    /// Moves to the next round.
    /// - Parameter isRecorded: whether the model is to be on disk before the fleet hears of the round.
    /// - Returns: what to tell the fleet; nil when the program has finished.
    mutating func nextRound(isRecorded: Bool = false) throws -> RoundRequest? {
        round = program.round(after: model)
        guard let round else { return nil }
        number += 1
        mergedBlocks = 0
        certification = Certification()
        started = clock.now
        template = try program.emptyPartial(for: round)
        answer = template
        return RoundRequest(
            round: roundID,
            kind: round.kind,
            parameters: round.parameters.map { ParameterReference(name: $0.array.name, version: $0.version) },
            firstBlock: round.firstBlock,
            blocks: round.blocks,
            largestLease: round.largestLease,
            goesFromLast: round.goesFromLast,
            leasesHomes: round.isOfStep,
            isRecorded: isRecorded
        )
    }

    /// An answer of the present round, for some of its blocks, from the arrays of a peer.
    /// - Throws: `ClusteringError` where they are not one; the peer is to blame.
    func partial(from arrays: [NamedArray], for blocks: Range<Int>) throws -> Partial {
        let partial = try Partial(arrays: arrays, template: template)
        guard let round, !blocks.isEmpty, round.tasks.contains(blocks) else {
            throw ClusteringError(.internalError, "answer for blocks that do not exist: \(blocks); report this")
        }
        let first = program.task(blocks.lowerBound, of: round).rows.lowerBound
        let end = program.task(blocks.upperBound - 1, of: round).rows.upperBound
        try partial.checkRows(areWithin: first..<end)
        try partial.checkTrees(cover: blocks)
        return partial
    }

    mutating func merge(_ partial: Partial, blocks: Range<Int>) throws {
        mergedBlocks += blocks.count
        answer.merge(partial)
        if round?.deliversRows == true {
            try answer.deliverRows(to: sink)
        }
    }

    /// Takes down what a merged answer took to be certain.
    mutating func note(_ certified: CertifiedRows) {
        certification.add(
            Certification(
                rows: Int(clamping: certified.rows),
                inFloat: Int(clamping: certified.inFloat),
                inDouble: Int(clamping: certified.inDouble),
                pairs: Int(clamping: certified.pairs),
                multiplied: Int(clamping: certified.multiplied)
            )
        )
    }

    /// Gives the answer to the program.
    mutating func advance() throws -> RoundReport<Method.Model> {
        guard let round else { throw ServiceError.internalError("round without a program: \(number); report this") }
        // They are the model's own arrays, and whoever holds those makes them be copied before they change.
        tensors = [:]
        try program.advance(&model, with: answer)
        answer = Partial([])
        return RoundReport(
            number: number,
            round: round,
            model: model,
            duration: clock.now - started,
            certification: certification
        )
    }

    /// The arrays of a notice, which it names by their places; made once for all workers.
    mutating func tensors(attachedTo notice: RoundNotice) -> [WireTensor] {
        guard let round, notice.round == roundID else { return [] }
        return notice.attached.map { place in
            if let tensor = tensors[place] { return tensor }
            let tensor = WireTensor(round.parameters[place].array)
            tensors[place] = tensor
            return tensor
        }
    }
}
