import Shards
import Tensors

extension CounterRandom.Purpose {
    static let sampledRows = CounterRandom.Purpose(code: 0x6E6E_0001)
}

extension ApproximateNeighbors {
    /// Rows of the held-out sample: a two-hundredth of all, within these limits, so that it costs little beside the search.
    private static let heldOutRows = 500...1000
    private static let heldOutPart = 200
    /// No more of all rows are held out than one of so many.
    private static let mostHeldOutPart = 4

    package func advance(_ model: inout Model, with answer: Partial) throws {
        if model.kmeans.survey == nil {
            let survey = try SurveyResult(answer, of: dataset)
            try survey.validate(for: settings.metric.kindOfRows, dataset: dataset)
            model.kmeans = try kmeans.begin(after: survey)
            model.centroids = centroids(of: model.kmeans)
        } else if model.centroids == nil {
            try kmeans.advance(&model.kmeans, with: answer)
            model.centroids = centroids(of: model.kmeans)
        } else if model.sample == nil {
            model.labels = try labels(from: answer)
            let sample = NamedArray(SampleMapper.rowsName, sampledRows().map(Int64.init))
            model.sample = Parameter(sample, version: 1)
        } else if model.sampleCandidates == nil {
            guard case .lists(let lists) = answer.field(SampleMapper.field), let found = lists.pieces.first?.lists
            else { throw Self.unanswered }
            model.sampleCandidates = try SampleSettleMapper.parameters(from: found, of: self)
        } else if model.index == nil {
            try makeIndex(&model, answer)
        } else {
            try finishRound(&model)
        }
    }

    /// Those that the iterations ended with, or that were given; nil before.
    private func centroids(of model: KMeans.Model) -> Parameter? {
        switch model.phase {
        case .assigning(let assigning) where settings.hasCentroids: assigning.centroids
        case .labelling(let labelling): labelling.restart.centroids
        default: nil
        }
    }

    private func labels(from answer: Partial) throws(ClusteringError) -> [Int32] {
        guard case .rows(let rows) = answer.field("labels") else { return [] }
        let labels = rows.pieces.flatMap { piece -> [Int32] in
            if case .int32(let labels) = piece.values { labels } else { [] }
        }
        guard labels.count == dataset.rows, labels.allSatisfy({ (0..<Int32(settings.cells)).contains($0) }) else {
            throw ClusteringError(.internalError, "cells not as expected; run the same version of coterie everywhere")
        }
        return labels
    }

    /// Distinct rows, every set of them equally likely: first those that the probes are chosen by, then the held-out ones.
    func sampledRows() -> [Int] {
        var draws = CounterRandom(seed: settings.seed, purpose: .sampledRows).draws(forRow: 0)
        let count = choosingRows + heldOutRows
        var rows: [Int] = []
        var known: Set<Int> = []
        while rows.count < count {
            let row = draws.integer(below: dataset.rows)
            if known.insert(row).inserted { rows.append(row) }
        }
        return rows
    }

    private var heldOutRows: Int {
        let limits = Self.heldOutRows
        let wanted = min(max(dataset.rows / Self.heldOutPart, limits.lowerBound), limits.upperBound)
        return max(1, min(wanted, dataset.rows / Self.mostHeldOutPart))
    }

    /// Rows that the probes are chosen by: twice as many, since what is not known of the recall must be made up for by
    /// probes.
    private var choosingRows: Int {
        settings.probes == nil ? min(2 * heldOutRows, dataset.rows - heldOutRows) : 0
    }

    private func makeIndex(_ model: inout Model, _ answer: Partial) throws {
        guard let labels = model.labels, let centroids = model.centroids else { throw Self.unanswered }
        let sample = sampledRows()
        let neighbors = try neighbors(of: sample, in: answer)
        model.leastValues = neighbors.suffix(heldOutRows).map { $0.last?.value ?? 0 }
        let matrix = try centroids.array.matrix()
        let probes =
            try settings.probes
            ?? leastProbes(
                matrix,
                zip(sample, neighbors).prefix(choosingRows).map { row, found in (row, found.map { labels[$0.row] }) }
            )
        let chain = try CellChain.order(of: matrix, metric: settings.metric)
        let index = CellIndex(labels: labels, centroids: matrix, chain: chain, probes: probes)
        model.index = index
        model.labels = nil
        model.sampleCandidates = []
        try usableStore.place(rowsInOrder: index.order)
    }

    /// The probes that the target needs; all cells where there is nothing to choose by.
    /// - Parameter sample: rows with the cells of their exact neighbours.
    private func leastProbes(_ centroids: Matrix, _ sample: [(row: Int, cells: [Int32])]) throws -> Int {
        guard !sample.isEmpty else { return settings.cells }
        let origin = NeighborsMemory().origin(of: exact)
        var ranking = try CellRanking(centroids, metric: settings.metric, origin: origin)
        var ranks: [[Int]] = []
        try ranking.forEachBatch(of: dataset.gather(sample.map(\.row)), nearest: settings.cells) { first, nearest in
            for row in 0..<nearest.rows {
                let places = CellIndex.places(of: nearest.indices(ofRow: row).map(Int.init))
                ranks.append(sample[first + row].cells.map { places[Int($0)] })
            }
        }
        return RecallCurve(ranks: ranks, cells: settings.cells).leastProbes(for: settings.targetRecall)
    }

    /// The exact neighbours of the sampled rows, best first, without a row itself where it is none.
    private func neighbors(
        of sample: [Int],
        in answer: Partial
    ) throws(ClusteringError) -> [[(row: Int, value: Float)]] {
        let length = listLengthOfSample
        let rows = answer.numbers(SettledLists.indicesField) { if case .int32(let rows) = $0 { rows } else { [] } }
        let values = answer.numbers(SettledLists.valuesField) { if case .float32(let them) = $0 { them } else { [] } }
        guard rows.count == sample.count * length, values.count == rows.count,
            rows.allSatisfy({ $0 >= 0 && Int($0) < dataset.rows })
        else { throw Self.unanswered }
        return sample.enumerated().map { place, row in
            let list = (place * length..<(place + 1) * length).map { (row: Int(rows[$0]), value: values[$0]) }
            return Array((settings.includesSelf ? list : list.filter { $0.row != row }).prefix(settings.k))
        }
    }

    private static let unanswered = ClusteringError(.internalError, "sample without an answer; report this")

    private func finishRound(_ model: inout Model) throws {
        let tasks = model.finishedTasks..<lastTask(from: model.finishedTasks)
        let store = try usableStore
        try store.checkLists(settled: positions(ofTasks: tasks))
        if let spill = try store.finishRound() { model.spills.append(spill) }
        model.finishedTasks = tasks.upperBound
        model.finishedRounds += 1
        if tasks.upperBound == taskCount { model.recall = try measuredRecall(of: model, store) }
    }

    /// How much of the exact answer was found for the held-out rows.
    ///
    /// What was found is as good as the exact neighbour in its place, or it is not counted: equal ones stand for each other.
    private func measuredRecall(of model: Model, _ store: NeighborStore) throws -> RecallEstimate {
        guard let index = model.index else { preconditionFailure("a search without an index") }
        let rows = sampledRows().suffix(heldOutRows)
        let positions = index.positions(ofRows: Array(rows))
        let found = try zip(positions, model.leastValues).map { position, least -> Int in
            let values = try store.finalValues(ofRow: position)
            return settings.metric == .euclidean ? values.count { $0 <= least } : values.count { $0 >= least }
        }
        return RecallEstimate(found: found, k: settings.k)
    }
}

extension Partial {
    /// What the pieces of a field of rows hold, one after the other.
    fileprivate func numbers<Number>(_ name: String, _ read: (NamedArray.Values) -> [Number]) -> [Number] {
        guard case .rows(let rows) = field(name) else { return [] }
        return rows.pieces.flatMap { read($0.values) }
    }
}
