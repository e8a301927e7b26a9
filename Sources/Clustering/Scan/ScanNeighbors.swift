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

    /// Those of them that views left.
    func semanticSource(rows: Int) throws -> any NeighborSource
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
        // A row at a time: while this goes on the coordinator hears nobody, and there may be a hundred million numbers.
        for row in 0..<rows where !file.neighbors(ofRow: row).allSatisfy((0..<rows).contains) {
            throw ClusteringError(
                .badData,
                "neighbour that is no row: \(path) at row \(row); search the neighbours of these rows again"
            )
        }
        return file
    }

    package func semanticSource(rows: Int) throws -> any NeighborSource {
        throw ClusteringError(.internalError, "given neighbours have no views; report this")
    }
}

/// Neighbours that the job finds itself, kept in hidden files of the run's folder.
package final class MinedNeighbors: ScanNeighbors {
    private static let prefix = ".scan-"
    private static let file = prefix + "neighbors.npy"
    private static let semanticFile = prefix + "semantic.npy"

    private let folder: RunFolder
    private let store = Mutex<NeighborStore?>(nil)
    private let semantic = Mutex<NumpyRowsWriter<Int32>?>(nil)

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

    package func semanticSource(rows: Int) throws -> any NeighborSource {
        try semantic.withLock { writer in
            // All rows are here when the round that brings them has ended.
            try writer.take()?.commit()
        }
        return try NeighborFile(path: folder.path(for: Self.semanticFile), rows: rows)
    }

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
