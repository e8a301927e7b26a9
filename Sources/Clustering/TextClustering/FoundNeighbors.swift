package import Shards
import Synchronization
package import Tensors

/// Neighbours that a job finds itself, among its images and among their text counterparts: kept in hidden files of the
/// run's folder, first the ones and then the others.
package final class FoundNeighbors: Sendable {
    /// What rows are compared.
    enum Space: String {
        case images, text

        fileprivate var prefix: String { FoundNeighbors.prefix + rawValue + "-" }
    }

    private static let prefix = ".tac-"

    private struct Search {
        var space: Space
        var store: NeighborStore
    }

    private let folder: RunFolder
    private let search = Mutex<Search?>(nil)

    package init(in folder: RunFolder) {
        self.folder = folder
    }

    /// Begins the search, or goes on with it.
    /// - Returns: where its lists go.
    func store(for space: Space, _ program: Neighbors) throws -> NeighborStore {
        try search.withLock { search in
            if let search, search.space == space { return search.store }
            let store = try NeighborStore(for: program, in: folder, prefix: space.prefix)
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
        return try NeighborFile(path: folder.path(for: space.prefix + NeighborFiles.indicesName), rows: rows)
    }

    /// Takes lists that have arrived.
    package func merge(_ lists: NeighborLists, field: String, firstRow: Int) throws {
        guard let store = search.withLock({ $0?.store }) else {
            throw ClusteringError(.internalError, "lists without a search: \(field) at row \(firstRow); report this")
        }
        try store.merge(lists, field: field, firstRow: firstRow)
    }

    /// Removes what the run kept.
    /// - Throws: `ShardError`.
    package static func remove(from folder: RunFolder) throws(ShardError) {
        try folder.removeFiles(beginningWith: prefix)
    }
}
