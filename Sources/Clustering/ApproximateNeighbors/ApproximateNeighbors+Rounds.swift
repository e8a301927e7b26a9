package import Shards
import Tensors

extension ApproximateNeighbors {
    static let cellsKind = "cells"

    /// Rounds of the search, where there are tasks enough: what one brings is on the disk when it ends.
    private static let searchRounds = 16
    /// The fewest tasks of a round, since workers wait at its end.
    private static let leastTasks = 16
    /// Tasks of the search, where blocks are enough: for workers to share.
    private static let usualTasks = 2 * leastTasks
    /// Of what a task holds for its rows.
    private static let taskBytes = 128 << 20

    /// The blocks of positions of a task: many, because a cell must be read and packed for each task that probes it.
    package var taskBlocks: Int {
        let fitting = Self.taskBytes / (bytesOfQuery * dataset.blockRows)
        return max(1, min(fitting, (dataset.blockCount + Self.usualTasks - 1) / Self.usualTasks))
    }

    /// What a task holds for each of its rows: the row itself twice while it is laid out, or once and a list as it grows,
    /// and the cells it probes, which are taken to be no more than a quarter of all.
    var bytesOfQuery: Int {
        let columns = dataset.columns * MemoryLayout<Float>.stride
        return columns + max(columns, 16 * exact.candidateCount + 2 * settings.cells)
    }

    /// Tasks of a lease, whose answer has a list for every row of them.
    var largestLease: Int { max(1, exact.largestLease / taskBlocks) }

    package var taskCount: Int { (dataset.blockCount - 1) / taskBlocks + 1 }

    package func taskCount(of round: Round) throws -> Int {
        switch round.kind {
        case CellMapper.kind: taskCount
        case SampleSettleMapper.kind:
            SampleSettleMapper.taskCount(ofRows: try SampleMapper.rows(of: round, dataset).count)
        case Survey.roundKind, Self.cellsKind, SampleMapper.kind: dataset.blockCount
        default: kmeans.dataset.blockCount
        }
    }

    package func task(_ number: Int, of round: Round) -> Block {
        switch round.kind {
        case CellMapper.kind: Block(number: number, rows: positions(ofTasks: number..<number + 1))
        case SampleSettleMapper.kind: Block(number: number, rows: sampledPlaces(ofTask: number, round))
        case Survey.roundKind, Self.cellsKind, SampleMapper.kind: dataset.block(number)
        default: kmeans.dataset.block(number)
        }
    }

    private func sampledPlaces(ofTask number: Int, _ round: Round) -> Range<Int> {
        guard let rows = try? SampleMapper.rows(of: round, dataset) else { preconditionFailure("a task of no sample") }
        return SampleSettleMapper.places(ofTask: number, rows: rows.count)
    }

    /// The positions of some tasks of the search, of which there is at least one.
    func positions(ofTasks tasks: Range<Int>) -> Range<Int> {
        let rows = taskBlocks * dataset.blockRows
        return tasks.lowerBound * rows..<min(dataset.rows, tasks.upperBound * rows)
    }

    package func begin() throws -> Model { Model(kmeans: try kmeans.begin()) }

    package func resume(from model: Model) throws {
        guard let index = model.index else { return }
        let store = try usableStore
        store.place(rowsInOrder: index.order)
        try store.restore(model.spills)
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
        if model.kmeans.survey == nil { return Survey.round(over: dataset) }
        guard let centroids = model.centroids else { return kmeans.round(after: model.kmeans) }
        guard let sample = model.sample else { return round(Self.cellsKind, [centroids]) }
        guard let candidates = model.sampleCandidates else { return round(SampleMapper.kind, [sample]) }
        guard let index = model.index else {
            let tasks = SampleSettleMapper.taskCount(ofRows: sample.array.values.count)
            return round(SampleSettleMapper.kind, [sample] + candidates, tasks: tasks)
        }
        guard model.finishedTasks < taskCount else { return nil }
        return Round(
            kind: CellMapper.kind,
            parameters: index.parameters,
            firstBlock: model.finishedTasks,
            blocks: lastTask(from: model.finishedTasks),
            largestLease: largestLease
        )
    }

    private func round(_ kind: String, _ parameters: [Parameter], tasks: Int? = nil) -> Round {
        Round(kind: kind, parameters: parameters, blocks: tasks ?? dataset.blockCount, deliversRows: false)
    }

    /// The end of the round that begins with a task.
    func lastTask(from first: Int) -> Int {
        let share = (taskCount + Self.searchRounds - 1) / Self.searchRounds
        return min(taskCount, first + max(Self.leastTasks, share))
    }

    package func emptyPartial(for round: Round) throws -> Partial {
        switch round.kind {
        case Survey.roundKind: return Survey.emptyPartial()
        case Self.cellsKind: return try labelling.emptyPartial(for: round)
        case SampleMapper.kind: return try SampleMapper.emptyPartial(for: round, of: self)
        case CellMapper.kind, SampleSettleMapper.kind: return SettledLists.emptyPartial()
        default: return try kmeans.emptyPartial(for: round)
        }
    }

    package func mapper(for round: Round, memory: CellMemory) throws -> any Mapper {
        switch round.kind {
        case Survey.roundKind: Survey.mapper(over: dataset)
        case Self.cellsKind: try LabellingMapper(labelling, round)
        case SampleMapper.kind: try SampleMapper(self, round, memory)
        case SampleSettleMapper.kind: try SampleSettleMapper(self, round, memory)
        case CellMapper.kind: try CellMapper(self, round, memory)
        default: try kmeans.mapper(for: round, memory: memory.kmeans)
        }
    }

    package func progress(of model: Model) -> Progress {
        if model.centroids == nil { return kmeans.progress(of: model.kmeans) }
        if model.sample == nil { return Progress(phase: "filing", done: 0, limit: 1) }
        if model.index == nil { return Progress(phase: "sampling", done: 0, limit: 1) }
        let done = model.finishedTasks
        return Progress(phase: "searching", done: done, limit: taskCount, stepsOfRound: lastTask(from: done) - done)
    }
}
