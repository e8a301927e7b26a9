import Foundation
import Tensors

/// What a worker must see at a path to work on the same dataset as the coordinator.
package struct DatasetDescription: Codable, Equatable, Sendable {
    package struct File: Codable, Equatable, Sendable {
        /// The last component of the path.
        package var name: String
        package var rows: Int
        /// The size of the whole file.
        package var byteCount: Int
    }

    /// The absolute path, with the key where one was given.
    package var path: String
    package var rows: Int
    package var columns: Int
    /// How numbers are stored, by the raw value of its `ElementType`.
    package var elementType: String
    package var blockRows: Int
    /// In the order of their rows.
    package var files: [File]
}

extension Dataset {
    /// What another machine needs to open the same dataset, and to see that it is the same.
    package var description: DatasetDescription {
        let absolute =
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath.appendingPathComponent(path)
        return DatasetDescription(
            path: absolute,
            rows: rows,
            columns: columns,
            elementType: elementType.rawValue,
            blockRows: blockRows,
            files: files.map { .init(name: $0.name, rows: $0.rows, byteCount: $0.byteCount) }
        )
    }

    /// Opens the dataset that was described elsewhere, and verifies it.
    ///
    /// - Throws: what `init(path:blockRows:)` and `verify(against:)` throw; `.badData` if the block size is absurd.
    package init(description: DatasetDescription) throws(ShardError) {
        guard (1...Self.largestBlockRows).contains(description.blockRows) else {
            throw ShardError(
                .badData,
                "blocks of \(description.blockRows) rows",
                at: description.path,
                fix: "give --block-rows between 1 and \(Self.largestBlockRows)"
            )
        }
        try self.init(path: description.path, blockRows: description.blockRows)
        try verify(against: description)
    }

    /// Checks that this is the dataset described: the same files, in the same order, of the same size and shape.
    ///
    /// The path may differ. Bytes are not compared.
    ///
    /// - Throws: `.badData` that names the first difference.
    package func verify(against other: DatasetDescription) throws(ShardError) {
        let mine = description
        for (here, there) in zip(mine.files, other.files) where here != there {
            throw difference("file \(here.summary) here, \(there.summary) at the coordinator")
        }
        guard mine.files.count == other.files.count else {
            throw difference("\(mine.files.count) files here, \(other.files.count) at the coordinator")
        }
        guard mine.columns == other.columns, mine.elementType == other.elementType, mine.rows == other.rows else {
            throw difference("\(mine.summary) here, \(other.summary) at the coordinator")
        }
        guard mine.blockRows == other.blockRows else {
            throw difference("blocks of \(mine.blockRows) rows here, of \(other.blockRows) at the coordinator")
        }
    }

    private func difference(_ what: String) -> ShardError {
        ShardError(
            .badData,
            "not the coordinator's dataset, \(what)",
            at: path,
            fix: "mount or copy the same files here"
        )
    }
}

extension DatasetDescription {
    fileprivate var summary: String { "\(rows) rows of \(columns) \(elementType)" }
}

extension DatasetDescription.File {
    fileprivate var summary: String { "\(name) (\(rows) rows, \(byteCount) bytes)" }
}
