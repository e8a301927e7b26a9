package import Shards
import Synchronization
package import Tensors

/// Where a scan's neighbours come from: the coordinator's alone, since workers are told which rows to read.
package protocol ScanNeighbors: Sendable {
    /// Where lists go while they are being found; nil where they are given.
    func store(for search: Neighbors) throws -> NeighborStore?

    /// The lists, once they are all there.
    /// - Throws: `ShardError` where they cannot be read, `ClusteringError` where they are of other rows.
    func source(rows: Int) throws -> any NeighborSource
}

/// Neighbours of a file that was given.
package struct GivenNeighbors: ScanNeighbors {
    private let path: String

    package init(path: String) {
        self.path = path
    }

    package func store(for search: Neighbors) -> NeighborStore? { nil }

    package func source(rows: Int) throws -> any NeighborSource {
        let file = try NeighborFile(path: path, rows: rows)
        for row in 0..<rows {
            for rank in 0..<file.count where !(0..<rows).contains(file.neighbor(rank, ofRow: row)) {
                throw ClusteringError(
                    .badData,
                    "neighbour that is no row: \(path) at row \(row); search the neighbours of these rows again"
                )
            }
        }
        return file
    }
}

/// Neighbours that the job finds itself, kept in hidden files of the run's folder.
package final class MinedNeighbors: ScanNeighbors {
    private static let prefix = ".scan-"
    private static let file = prefix + "neighbors.npy"

    private let folder: RunFolder
    private let store = Mutex<NeighborStore?>(nil)

    package init(in folder: RunFolder) {
        self.folder = folder
    }

    /// Made when it is first asked for: a run that goes on behind the search needs none.
    package func store(for search: Neighbors) throws -> NeighborStore? {
        try store.withLock { store in
            if let store { return store }
            let new = try NeighborStore(for: search, in: folder, prefix: Self.prefix)
            store = new
            return new
        }
    }

    package func source(rows: Int) throws -> any NeighborSource {
        try store.withLock { store in
            if let found = store.take() { _ = try found.commit() }
        }
        return try NeighborFile(path: folder.path(for: Self.file), rows: rows)
    }

    /// Takes lists that have arrived.
    package func merge(_ lists: NeighborLists, field: String, firstRow: Int) throws {
        guard let store = store.withLock({ $0 }) else {
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
