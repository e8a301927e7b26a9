package import Shards
import Tensors

extension Neighbors {
    static let bandName = "band"
    static let thresholdsName = "thresholds"
    /// The kind of the rounds that multiply blocks, one for each band.
    package static let searchKind = BandMapper.kind

    /// The most blocks of a band, and the most bytes that its packed rows and a thread's lists of them may take: enough
    /// that packing the blocks that pass it and the end of its round cost little beside the products, few enough for a
    /// worker's memory and for little to be done again after the coordinator's death.
    private static let usualBandBlocks = 10
    private static let bandBytes = 128 << 20
    /// Bytes of the entries of a lease's own rows, beyond the first block.
    static let answerBytes = 12 << 20

    /// S, the blocks of a band.
    package var bandBlocks: Int {
        let fitting = Self.bandBytes / ((4 * dataset.columns + 16 * candidateCount) * dataset.blockRows)
        return settings.bandBlocks ?? max(1, min(Self.usualBandBlocks, fitting))
    }

    /// The blocks of the first band: few, where lists are to grow from round to round.
    private var firstBandBlocks: Int { queries == nil ? max(1, bandBlocks / 2) : bandBlocks }

    package var bandCount: Int { (max(0, listed.blockCount - firstBandBlocks) + bandBlocks - 1) / bandBlocks + 1 }

    /// L, the most blocks of a lease: its answer has a list for every row of them, unless only the band gets lists.
    var largestLease: Int {
        queries == nil ? max(1, Self.answerBytes / (8 * candidateCount * dataset.blockRows)) : .max
    }

    /// The blocks of a band, of the rows that get lists.
    func blocks(ofBand band: Int) -> Range<Int> {
        let start = { (band: Int) in
            min(listed.blockCount, band == 0 ? 0 : firstBandBlocks + (band - 1) * bandBlocks)
        }
        return start(band)..<start(band + 1)
    }

    /// Rows whose lists are final after the round of a band.
    package func rowCount(ofBand band: Int) -> Int { rows(of: blocks(ofBand: band)).count }

    func rows(of blocks: Range<Int>) -> Range<Int> {
        listed.block(blocks.lowerBound).rows.lowerBound..<listed.block(blocks.upperBound - 1).rows.upperBound
    }

    /// - Throws: `ClusteringError.Code.badData` for queries that the metric cannot use; they are read once for that.
    package func begin() throws -> Model {
        if let queries {
            let (survey, _) = try LocalRunner(SurveyProgram(settings: .init(), dataset: queries)).run()
            try survey?.validate(for: settings.metric.kindOfRows, dataset: queries)
        }
        return Model()
    }

    package func resume(from model: Model) throws { try usableStore.restore(model.spills) }

    private var usableStore: NeighborStore {
        get throws(ClusteringError) {
            guard let store else {
                throw ClusteringError(.internalError, "nowhere to keep lists: neighbors without a store; report this")
            }
            return store
        }
    }

    package func round(after model: Model) -> Round? {
        if model.survey == nil { return Survey.round(over: dataset) }
        guard model.finishedBands < bandCount else { return nil }
        if let candidates = model.candidates { return settlingRound(candidates, model) }
        let band = blocks(ofBand: model.finishedBands)
        return Round(
            kind: BandMapper.kind,
            parameters: [bandParameter(model), model.thresholds].compactMap(\.self),
            firstBlock: queries == nil ? band.lowerBound : 0,
            blocks: dataset.blockCount,
            largestLease: largestLease,
            goesFromLast: queries == nil
        )
    }

    /// The band at hand.
    func bandParameter(_ model: Model) -> Parameter {
        let band = blocks(ofBand: model.finishedBands)
        let ends = NamedArray(Self.bandName, [Int64(band.lowerBound), Int64(band.upperBound)])
        return Parameter(ends, version: UInt64(model.finishedBands + 1))
    }

    package func taskCount(of round: Round) throws -> Int {
        guard round.kind == SettleMapper.kind else { return dataset.blockCount }
        return settlingTasks(ofRows: rows(of: try bandBlocks(of: round)).count)
    }

    package func task(_ number: Int, of round: Round) -> Block {
        guard round.kind == SettleMapper.kind else { return dataset.block(number) }
        guard let band = try? bandBlocks(of: round) else { preconditionFailure("a task of no band: \(round.kind)") }
        return Block(number: number, rows: settledRows(ofTask: number, band: rows(of: band)))
    }

    package func emptyPartial(for round: Round) throws -> Partial {
        if round.kind == Survey.roundKind { return Survey.emptyPartial() }
        if round.kind == SettleMapper.kind { return SettledLists.emptyPartial() }
        let band = rows(of: try bandBlocks(of: round))
        let layout = { (shared: Range<Int>) in
            RowLists.Layout(
                rows: listed.rows,
                blockRows: listed.blockRows,
                k: candidateCount,
                candidates: dataset.rows,
                sharedRows: shared
            )
        }
        let lists = (NeighborStore.bandField, Partial.Field.lists(RowLists(layout(band))))
        guard queries == nil else { return Partial([lists]) }
        return Partial([lists, (NeighborStore.ownField, .lists(RowLists(layout(0..<0))))])
    }

    /// The band that a round is about.
    func bandBlocks(of round: Round) throws(ClusteringError) -> Range<Int> {
        let ends = try round.parameter(Self.bandName).array.integers(count: 2)
        guard ends[0] >= 0, ends[0] < ends[1], ends[1] <= listed.blockCount else {
            throw ClusteringError(.internalError, "band of no blocks: \(ends); run the same version everywhere")
        }
        return Int(ends[0])..<Int(ends[1])
    }

    package func mapper(for round: Round, memory: NeighborsMemory) throws -> any Mapper {
        switch round.kind {
        case Survey.roundKind: Survey.mapper(over: dataset)
        case SettleMapper.kind: try SettleMapper(self, round, memory)
        default: try BandMapper(self, round, memory)
        }
    }

    package func advance(_ model: inout Model, with answer: Partial) throws {
        guard model.survey != nil else {
            let survey = try SurveyResult(answer, of: dataset)
            try survey.validate(for: settings.metric.kindOfRows, dataset: dataset)
            model.survey = survey
            return
        }
        let band = rows(of: blocks(ofBand: model.finishedBands))
        let store = try usableStore
        let version = UInt64(model.finishedBands + 1)
        if model.candidates == nil {
            model.candidates = try candidates(of: store, band, version: version)
            model.thresholds = thresholds(of: store, from: band.upperBound, version: version + 1)
        } else {
            try store.checkLists(settled: band)
            model.candidates = nil
            model.finishedBands += 1
        }
        if let spill = try store.finishRound() { model.spills.append(spill) }
    }

    /// Those of the rows that get more entries; nil where none do or none has any.
    private func thresholds(of store: NeighborStore, from row: Int, version: UInt64) -> Parameter? {
        guard queries == nil, row < listed.rows else { return nil }
        let thresholds = store.thresholds(from: row)
        let array = NamedArray(Self.thresholdsName, shape: [thresholds.count], .float32(thresholds))
        return Parameter(array, version: version)
    }

    /// Pairs of blocks, done and in all.
    package func progress(of model: Model) -> Progress {
        if model.survey == nil { return Progress(phase: "surveying", done: 0, limit: 1) }
        let done = pairs(beforeBand: model.searchedBands)
        let isSearching = model.candidates == nil && model.finishedBands < bandCount
        return Progress(
            phase: "searching",
            done: done,
            limit: pairs(beforeBand: bandCount),
            stepsOfRound: isSearching ? pairs(beforeBand: model.searchedBands + 1) - done : 0
        )
    }

    /// Pairs of blocks that are multiplied in the rounds before that of a band.
    package func pairs(beforeBand band: Int) -> Int {
        let blocks = blocks(ofBand: band).lowerBound
        return queries == nil
            ? blocks * dataset.blockCount - blocks * (blocks - 1) / 2
            : blocks * dataset.blockCount
    }
}

extension NeighborMetric {
    /// The metric that asks the same of rows.
    var kindOfRows: Metric {
        switch self {
        case .cosine: .cosine
        case .innerProduct, .euclidean: .euclidean
        }
    }
}
