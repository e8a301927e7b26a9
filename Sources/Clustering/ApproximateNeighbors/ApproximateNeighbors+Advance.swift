import Shards
import Tensors

extension CounterRandom.Purpose {
    static let sampledRows = CounterRandom.Purpose(code: 0x6E6E_0001)
}

extension ApproximateNeighbors {
    /// Rows of each of the two samples, and the least part of all rows that they may be.
    private static let sampledRows = 1000
    private static let sampledPart = 4

    package func advance(_ model: inout Model, with answer: Partial) throws {
        if model.centroids == nil {
            try kmeans.advance(&model.kmeans, with: answer)
            model.centroids = centroids(of: model.kmeans)
        } else if model.sample == nil {
            model.labels = try labels(from: answer)
            let sample = NamedArray(SampleMapper.rowsName, sampledRows().map(Int64.init))
            model.sample = Parameter(sample, version: 1)
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
        let count = min(2 * heldOutRows, dataset.rows)
        var rows: [Int] = []
        var known: Set<Int> = []
        while rows.count < count {
            let row = draws.integer(below: dataset.rows)
            if known.insert(row).inserted { rows.append(row) }
        }
        return rows
    }

    private var heldOutRows: Int { max(1, min(Self.sampledRows, dataset.rows / Self.sampledPart)) }

    private func makeIndex(_ model: inout Model, _ answer: Partial) throws {
        guard case .lists(let lists) = answer.field(SampleMapper.field), let exact = lists.pieces.first?.lists,
            let labels = model.labels, let centroids = model.centroids
        else {
            throw ClusteringError(.internalError, "sample without an answer; report this")
        }
        let sample = sampledRows()
        let neighbors = sample.indices.map { self.neighbors(of: sample[$0], in: exact, at: $0) }
        let chain = try CellChain(centroids: centroids.array.matrix(), metric: settings.metric)
        let curve = RecallCurve(
            ranks: (0..<heldOutRows).map { place in
                neighbors[place].map { chain.rank(of: labels[$0.row], from: labels[sample[place]]) }
            },
            cells: settings.cells
        )
        let probes = settings.probes ?? curve.leastProbes(for: settings.targetRecall)
        model.leastScores = neighbors.suffix(heldOutRows).map { $0.last?.score ?? -.infinity }
        model.probes = probes
        // A row finds k others, whatever becomes of the row itself.
        let index = CellIndex(labels: labels, chain: chain, probes: probes, leastRows: settings.k + 1)
        model.index = index
        model.labels = nil
        try usableStore.place(rowsInOrder: index.order)
    }

    /// The exact neighbours of a sampled row, best first, without the row itself where it is none.
    private func neighbors(of row: Int, in lists: NeighborLists, at place: Int) -> [(row: Int, score: Float)] {
        let all = zip(lists.indices(ofRow: place), lists.scores(ofRow: place)).map { (row: Int($0), score: $1) }
        return Array((settings.includesSelf ? all : all.filter { $0.row != row }).prefix(settings.k))
    }

    private func finishRound(_ model: inout Model) throws {
        let end = lastBlock(from: model.finishedBlocks)
        let rows = dataset.block(model.finishedBlocks).rows.lowerBound..<dataset.block(end - 1).rows.upperBound
        let store = try usableStore
        model.spills.append(try store.finishRound(finalRows: rows))
        model.listBytes += store.takeListBytes()
        model.finishedBlocks = end
        model.finishedRounds += 1
        if end == dataset.blockCount { model.recall = try measuredRecall(of: model, store) }
    }

    /// How much of the exact answer was found for the held-out rows.
    ///
    /// What was found is as good as the exact neighbour in its place, or it is not counted: equal ones stand for each other.
    private func measuredRecall(of model: Model, _ store: NeighborStore) throws -> RecallEstimate {
        guard let index = model.index else { preconditionFailure("a search without an index") }
        let rows = sampledRows().suffix(heldOutRows)
        let positions = index.positions(ofRows: Array(rows))
        let found = try zip(positions, model.leastScores).map { position, least -> Int in
            let values = try store.finalValues(ofRow: position)
            return settings.metric == .euclidean
                ? values.count { $0 <= (-least).squareRoot() } : values.count { $0 >= least }
        }
        return RecallEstimate(found: found, k: settings.k)
    }
}
