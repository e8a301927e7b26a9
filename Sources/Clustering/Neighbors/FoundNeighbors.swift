package import Shards
import Synchronization
package import Tensors

/// Neighbours that a job finds itself and reads again: kept in hidden files of the run's folder, those of one search after
/// those of another.
package final class FoundNeighbors: Sendable {
    /// What is searched; the raw value is what the names of its files begin with.
    enum Space: String, CaseIterable {
        /// The rows that a scan learns from.
        case scan = ".scan-"
        case images = ".tac-images-"
        case text = ".tac-text-"

        /// The file of the lists once they are all there.
        var file: String { rawValue + NeighborResults.indicesName }
    }

    private struct Search {
        var space: Space
        var store: NeighborStore
    }

    private static let semanticFile = Space.scan.rawValue + "semantic.npy"

    private let folder: RunFolder
    private let search = Mutex<Search?>(nil)
    private let semantic = Mutex<NumpyRowsWriter<Int32>?>(nil)

    package init(in folder: RunFolder) {
        self.folder = folder
    }

    /// Begins the search, or goes on with it.
    /// - Returns: where its lists go.
    func store(for space: Space, _ program: Neighbors) throws -> NeighborStore {
        try search.withLock { search in
            if let search, search.space == space { return search.store }
            let store = try NeighborStore(for: program, in: folder, prefix: space.rawValue)
            search = Search(space: space, store: store)
            return store
        }
    }

    /// Puts the lists that have been found under their name, where that has not been done.
    func finish(_ space: Space) throws {
        try search.withLock { open in
            guard let store = open?.store, open?.space == space else { return }
            open = nil
            _ = try store.commit()
        }
    }

    /// The lists, once they are all there.
    /// - Throws: `ShardError` where they cannot be read, `ClusteringError` where they are of other rows.
    func source(_ space: Space, rows: Int) throws -> any NeighborSource {
        try finish(space)
        return try NeighborFile(path: folder.path(for: space.file), rows: rows)
    }

    /// Takes settled lists that have arrived; false where the rows are something else.
    package func writeLists(_ values: NamedArray.Values, field: String, firstRow: Int) throws -> Bool {
        guard NeighborStore.takes(field) else { return false }
        try openStore(for: field, firstRow).write(values, field: field, firstRow: firstRow)
        return true
    }

    /// Takes lists that have arrived.
    package func merge(_ lists: NeighborLists, field: String, firstRow: Int) throws {
        try openStore(for: field, firstRow).merge(lists, field: field, firstRow: firstRow)
    }

    private func openStore(for field: String, _ firstRow: Int) throws(ClusteringError) -> NeighborStore {
        guard let store = search.withLock({ $0?.store }) else {
            throw ClusteringError(.internalError, "lists without a search: \(field) at row \(firstRow); report this")
        }
        return store
    }

    /// Removes what the run kept.
    /// - Throws: `ShardError`.
    package static func remove(from folder: RunFolder) throws(ShardError) {
        for space in Space.allCases { try folder.removeFiles(beginningWith: space.rawValue) }
    }
}

// Those that views left.
extension FoundNeighbors {
    /// Takes rows that have arrived, of so many in all; false where they are something else.
    package func write(_ values: NamedArray.Values, field: String, firstRow: Int, rows: Int, count: Int) throws -> Bool
    {
        guard field == SemanticNeighbors.field else { return false }
        guard case .int32(let numbers) = values, numbers.count.isMultiple(of: count),
            (0...rows).contains(firstRow + numbers.count / count), numbers.allSatisfy((0..<Int32(rows)).contains)
        else {
            throw ClusteringError(.internalError, "rows that do not fit: \(field) at row \(firstRow); report this")
        }
        try semantic.withLock { writer in
            if writer == nil {
                writer = try NumpyRowsWriter(
                    path: folder.path(for: Self.semanticFile),
                    rows: rows,
                    columns: count
                )
            }
            try writer?.write(numbers, atRow: firstRow)
        }
        return true
    }

    func semanticSource(rows: Int) throws -> any NeighborSource {
        try semantic.withLock { writer in
            // All rows are here when the round that brings them has ended.
            try writer.take()?.commit()
        }
        return try NeighborFile(path: folder.path(for: Self.semanticFile), rows: rows)
    }
}
