import Shards
import Tensors

extension ApproximateNeighbors {
    static let cellsKind = "cells"

    /// Rounds of the search, where there are blocks enough: what one brings is on the disk when it ends.
    private static let searchRounds = 16
    /// The fewest blocks of a round, since workers wait at its end.
    private static let leastBlocks = 16

    package func begin() throws -> Model { Model(kmeans: try kmeans.begin()) }

    package func resume(from model: Model) throws {
        guard let index = model.index else { return }
        let store = try usableStore
        store.place(rowsInOrder: index.order)
        let finished = model.finishedBlocks == 0 ? 0 : dataset.block(model.finishedBlocks - 1).rows.upperBound
        try store.restore(model.spills, finalRows: 0..<finished)
    }

    var usableStore: NeighborStore {
        get throws(ClusteringError) {
            guard let store else {
                throw ClusteringError(.internalError, "nowhere to keep lists: neighbors without a store; report this")
            }
            return store
        }
    }

    package func round(after model: Model) -> Round? {
        guard let centroids = model.centroids else { return kmeans.round(after: model.kmeans) }
        guard let sample = model.sample else { return round(Self.cellsKind, [centroids]) }
        guard let index = model.index else { return round(SampleMapper.kind, [sample]) }
        guard model.finishedBlocks < dataset.blockCount else { return nil }
        return Round(
            kind: CellMapper.kind,
            parameters: index.parameters,
            firstBlock: model.finishedBlocks,
            blocks: lastBlock(from: model.finishedBlocks),
            largestLease: exact.largestLease
        )
    }

    private func round(_ kind: String, _ parameters: [Parameter]) -> Round {
        Round(kind: kind, parameters: parameters, blocks: dataset.blockCount, deliversRows: false)
    }

    /// The end of the round that begins with a block.
    func lastBlock(from first: Int) -> Int {
        let share = (dataset.blockCount + Self.searchRounds - 1) / Self.searchRounds
        return min(dataset.blockCount, first + max(Self.leastBlocks, share))
    }

    package func emptyPartial(for round: Round) throws -> Partial {
        switch round.kind {
        case Self.cellsKind: return try labelling.emptyPartial(for: round)
        case SampleMapper.kind: return try SampleMapper.emptyPartial(for: round, of: self)
        case CellMapper.kind:
            let layout = RowLists.Layout(
                rows: dataset.rows,
                blockRows: dataset.blockRows,
                k: settings.k,
                candidates: dataset.rows,
                sharedRows: 0..<0
            )
            return Partial([(NeighborStore.bandField, .lists(RowLists(layout)))])
        default: return try kmeans.emptyPartial(for: round)
        }
    }

    package func mapper(for round: Round, memory: CellMemory) throws -> any Mapper {
        switch round.kind {
        case Self.cellsKind: try LabellingMapper(labelling, round)
        case SampleMapper.kind: try SampleMapper(self, round, memory)
        case CellMapper.kind: try CellMapper(self, round, memory)
        default: try kmeans.mapper(for: round, memory: memory.kmeans)
        }
    }

    package func progress(of model: Model) -> Progress {
        if model.centroids == nil { return kmeans.progress(of: model.kmeans) }
        if model.sample == nil { return Progress(phase: "filing", done: 0, limit: 1) }
        if model.index == nil { return Progress(phase: "sampling", done: 0, limit: 1) }
        let done = model.finishedBlocks
        return Progress(
            phase: "searching",
            done: done,
            limit: dataset.blockCount,
            stepsOfRound: lastBlock(from: done) - done
        )
    }
}
