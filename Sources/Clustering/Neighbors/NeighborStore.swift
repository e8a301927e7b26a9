package import Shards
import Synchronization
package import Tensors

/// The lists of a search for neighbours, in the files that will hold the result.
///
/// The files are written aside in a run's folder and changed in place while lists of the same rows arrive, so that no
/// process ever holds all of them; they take their names at the end. Beside them each round leaves a spill, a file that is
/// named by its digest and never changes: what other processes were asked for is not asked for again, since the lists of
/// any moment between two rounds are what all spills until then merge to.
package final class NeighborStore: RowSink, Sendable {
    /// Lists of the band's rows, which are final when the round ends.
    static let bandField = "band"
    /// Lists of rows of later bands.
    static let ownField = "own"

    /// What spills are called.
    package static let spillPrefix = ".lists-"

    private struct State: ~Copyable {
        var files: NeighborFiles
        var spill: DigestedFile?
    }

    private let folder: RunFolder
    private let state: Mutex<State>

    /// Lists without entries.
    ///
    /// - Parameters:
    ///   - program: whose lists they are.
    ///   - prefix: what the names of the files begin with.
    ///   - isReordered: whether the program has an order of the rows of its own.
    /// - Throws: `ShardError` where there is no room for the result.
    package init(
        for program: Neighbors,
        in folder: RunFolder,
        prefix: String = "",
        isReordered: Bool = false
    ) throws {
        _ = RetainedMemory.isKept
        self.folder = folder
        let files = try NeighborFiles(for: program, in: folder, prefix: prefix, isReordered: isReordered)
        state = Mutex(State(files: files))
    }

    package func write(_ values: NamedArray.Values, field: String, firstRow: Int) throws {
        throw ClusteringError(.internalError, "rows without a place: \(field) at row \(firstRow); report this")
    }

    package func merge(_ lists: NeighborLists, field: String, firstRow: Int) throws {
        try state.withLock { state in
            if field == Self.ownField { try append(lists, firstRow: firstRow, to: &state.spill) }
            try state.files.merge(lists, firstRow: firstRow)
        }
    }

    /// Gives the files their names; nothing can be asked of the store after that.
    /// - Returns: those names.
    package func commit() throws -> [String] {
        try state.withLock { try $0.files.commit() }
    }
}

// Between two rounds.
extension NeighborStore {
    /// From now on the row i of every list is the row `order[i]` of the result.
    func place(rowsInOrder order: [Int32]) {
        state.withLock { $0.files.place(rowsInOrder: order) }
    }

    /// The similarities or distances of a row that is final.
    func finalValues(ofRow row: Int) throws -> [Float] {
        try state.withLock { try $0.files.finalValues(ofRow: row) }
    }

    /// The score that a pair must at least have to enter each row's list.
    func thresholds(from row: Int) -> [Float] {
        state.withLock { Array($0.files.thresholds[row...]) }
    }

    /// Takes the lists of some rows for final, and puts all that the round brought on the disk.
    /// - Returns: what `restore` needs to come back to this moment, with what earlier calls gave.
    /// - Throws: `ClusteringError.Code.internalError` where a list is not full, `ShardError`.
    func finishRound(finalRows: Range<Int>) throws -> DigestedFile.Name {
        try state.withLock { state in
            for block in state.files.blocks(of: finalRows) {
                let lists = try state.files.lists(of: block)
                guard lists.counts.allSatisfy({ $0 == lists.k }) else {
                    throw ClusteringError(.internalError, "lists not full: rows \(block); report this")
                }
                try append(lists, firstRow: block.lowerBound, to: &state.spill)
                try state.files.finish(lists, firstRow: block.lowerBound)
            }
            guard let finished = try state.spill.take()?.commit() else {
                throw ClusteringError(.internalError, "round without lists: rows \(finalRows); report this")
            }
            return finished
        }
    }

    /// Makes the lists what they were after the round of the last of these spills. Others go.
    /// - Throws: `ShardError` where a spill is damaged or missing.
    func restore(_ spills: [DigestedFile.Name], finalRows: Range<Int>) throws {
        try folder.removeFiles(beginningWith: Self.spillPrefix, keeping: spills.map(\.file))
        try state.withLock { state in
            for spill in spills {
                try DigestedFile.read(spill, in: folder) { record in
                    var reader = ModelReader(record)
                    let firstRow: Int = try reader.read()
                    try state.files.merge(try state.files.lists(from: &reader, firstRow: firstRow), firstRow: firstRow)
                }
            }
            for block in state.files.blocks(of: finalRows) {
                try state.files.finish(try state.files.lists(of: block), firstRow: block.lowerBound)
            }
        }
    }

    private func append(_ lists: NeighborLists, firstRow: Int, to spill: inout DigestedFile?) throws {
        var writer = ModelWriter()
        writer.write(firstRow)
        writer.write(numbers: lists.counts)
        writer.write(numbers: lists.indices)
        writer.write(numbers: lists.scores)
        if spill == nil { spill = try DigestedFile(in: folder, prefix: Self.spillPrefix) }
        try spill?.append(writer.bytes)
    }
}
