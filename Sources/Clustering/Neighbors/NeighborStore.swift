package import Shards
import Synchronization
package import Tensors

/// The lists of a search for neighbours, in files of a run's folder: those that grow, and those that are settled.
///
/// The files are written aside and changed in place while lists of the same rows arrive, so that no process ever holds all
/// of them; those of the result take their names at the end. Beside them each round leaves a spill, a file that is named by
/// its digest and never changes: what other processes were asked for is not asked for again, since the lists of any moment
/// between two rounds are what all spills until then merge to.
package final class NeighborStore: RowSink, Sendable {
    /// Lists of the band's rows, which have all their entries when the round ends.
    static let bandField = "band"
    /// Lists of rows of later bands.
    static let ownField = "own"

    /// What spills are called.
    package static let spillPrefix = ".lists-"

    /// What a record of a spill is.
    private enum Record: Int {
        /// Entries of lists that grow.
        case entries
        /// Indices of settled lists.
        case indices
        /// Values of settled lists.
        case values
    }

    private struct State: ~Copyable {
        /// Lists that grow; nil where the program settles them before they arrive, or all are settled.
        var files: NeighborFiles?
        var results: NeighborResults
        var spill: DigestedFile?
    }

    private let folder: RunFolder
    private let state: Mutex<State>

    /// Lists without entries.
    ///
    /// - Parameters:
    ///   - program: whose lists they are.
    ///   - prefix: what the names of the files begin with.
    ///   - isReordered: whether the program has an order of the rows of its own, and gives only settled lists.
    /// - Throws: `ShardError` where there is no room for the result.
    package init(
        for program: Neighbors,
        in folder: RunFolder,
        prefix: String = "",
        isReordered: Bool = false
    ) throws {
        _ = RetainedMemory.isKept
        self.folder = folder
        let results = try NeighborResults(for: program, in: folder, prefix: prefix, isReordered: isReordered)
        let files = isReordered ? nil : try NeighborFiles(for: program, in: folder, prefix: prefix)
        state = Mutex(State(files: files, results: results))
    }

    /// Whether a field of rows is one of settled lists.
    static func takes(_ field: String) -> Bool {
        field == SettledLists.indicesField || field == SettledLists.valuesField
    }

    package func write(_ values: NamedArray.Values, field: String, firstRow: Int) throws {
        try state.withLock { state in
            try state.results.write(values, field: field, firstRow: firstRow)
            var writer = ModelWriter()
            switch values {
            case .int32(let indices):
                writer.write(Record.indices.rawValue)
                writer.write(firstRow)
                writer.write(numbers: indices)
            case .float32(let values):
                writer.write(Record.values.rawValue)
                writer.write(firstRow)
                writer.write(numbers: values)
            default: preconditionFailure("rows that lists do not have: \(field)")
            }
            try append(writer, to: &state.spill)
        }
    }

    package func merge(_ lists: NeighborLists, field: String, firstRow: Int) throws {
        try state.withLock { state in
            if field == Self.ownField {
                var writer = ModelWriter()
                writer.write(Record.entries.rawValue)
                writer.write(firstRow)
                writer.write(numbers: lists.counts)
                writer.write(numbers: lists.indices)
                writer.write(numbers: lists.scores)
                try append(writer, to: &state.spill)
            }
            guard try state.files?.merge(lists, firstRow: firstRow) != nil else {
                throw ClusteringError(.internalError, "lists of no search: \(field) at row \(firstRow); report this")
            }
        }
    }

    private func append(_ writer: ModelWriter, to spill: inout DigestedFile?) throws {
        if spill == nil { spill = try DigestedFile(in: folder, prefix: Self.spillPrefix) }
        try spill?.append(writer.bytes)
    }

    /// Gives the files of the result their names; nothing can be asked of the store after that.
    /// - Returns: those names.
    package func commit() throws -> [String] {
        try state.withLock { state in
            state.files = nil
            return try state.results.commit()
        }
    }
}

// Between two rounds.
extension NeighborStore {
    /// From now on the row i of every list is the row `order[i]` of the result.
    func place(rowsInOrder order: [Int32]) {
        state.withLock { $0.results.place(rowsInOrder: order) }
    }

    /// The similarities or distances of a row that is settled.
    func finalValues(ofRow row: Int) throws -> [Float] {
        try state.withLock { try $0.results.values(ofRow: row) }
    }

    /// The score that a pair must at least have to enter each row's list.
    func thresholds(from row: Int) -> [Float] {
        state.withLock { state in Array(state.files?.thresholds[row...] ?? []) }
    }

    /// The entries of the lists of whole blocks, which have as many as they can: their indices, row after row, and of
    /// each row the scores from an entry on.
    /// - Throws: `ClusteringError.Code.internalError` where a list is not full, `ShardError`.
    func candidates(of rows: Range<Int>, scoresFrom first: Int) throws -> (indices: [Int32], scores: [Float]) {
        try state.withLock { state in
            var indices: [Int32] = []
            var scores: [Float] = []
            for block in state.files?.blocks(of: rows) ?? [] {
                guard let lists = try state.files?.lists(of: block), lists.counts.allSatisfy({ $0 == lists.k }) else {
                    throw ClusteringError(.internalError, "lists not full: rows \(block); report this")
                }
                indices += lists.indices
                for row in 0..<lists.rows { scores += lists.scores(ofRow: row).dropFirst(first) }
            }
            return (indices, scores)
        }
    }

    /// - Throws: `ClusteringError.Code.internalError` where the round did not settle the lists of so many rows.
    func checkLists(settled rows: Range<Int>) throws {
        guard state.withLock({ $0.results.haveArrived(ofRows: rows.count) }) else {
            throw ClusteringError(.internalError, "lists not settled: rows \(rows); report this")
        }
    }

    /// Puts all that the round brought on the disk.
    /// - Returns: what `restore` needs to come back to this moment, with what earlier calls gave; nil where it brought
    ///   nothing that the model does not hold.
    /// - Throws: `ShardError`.
    func finishRound() throws -> DigestedFile.Name? {
        try state.withLock { try $0.spill.take()?.commit() }
    }

    /// Makes the lists what they were after the round of the last of these spills. Others go.
    /// - Throws: `ShardError` where a spill is damaged or missing.
    func restore(_ spills: [DigestedFile.Name]) throws {
        try folder.removeFiles(beginningWith: Self.spillPrefix, keeping: spills.map(\.file))
        try state.withLock { state in
            for spill in spills {
                try DigestedFile.read(spill, in: folder) { try Self.restore($0, to: &state) }
            }
            _ = state.results.haveArrived(ofRows: 0)
        }
    }

    private static func restore(_ record: [UInt8], to state: inout State) throws {
        var reader = ModelReader(record)
        let kind = Record(rawValue: try reader.read())
        let firstRow: Int = try reader.read()
        switch kind {
        case .entries:
            guard let lists = try state.files?.lists(from: &reader, firstRow: firstRow) else { break }
            return try state.files?.merge(lists, firstRow: firstRow) ?? ()
        case .indices:
            let indices: [Int32] = try reader.readNumbers()
            return try state.results.write(.int32(indices), field: SettledLists.indicesField, firstRow: firstRow)
        case .values:
            let values: [Float] = try reader.readNumbers()
            return try state.results.write(.float32(values), field: SettledLists.valuesField, firstRow: firstRow)
        case nil: break
        }
        throw ClusteringError.modelUnreadable
    }
}
