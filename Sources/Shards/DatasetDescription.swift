import Foundation
import Tensors

/// What a worker must see at a path to work on the same dataset as the coordinator.
package struct DatasetDescription: Codable, Equatable, Sendable {
    /// The absolute path, with the key where one was given.
    package var path: String
    package var rows: Int
    package var columns: Int
    /// How numbers are stored, by the raw value of its `ElementType`.
    package var elementType: String
    package var blockRows: Int
    /// Of all files together.
    package var byteCount: Int
    /// The files, in the order of their rows.
    package var manifest: Manifest
}

extension Dataset {
    /// What another machine needs to open the same dataset, and to see that it is the same.
    package var description: DatasetDescription {
        DatasetDescription(
            path: Self.absolute(path),
            rows: rows,
            columns: columns,
            elementType: elementType.rawValue,
            blockRows: blockRows,
            byteCount: files.reduce(0) { $0 + $1.byteCount },
            manifest: Manifest(files)
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
        try self.init(
            path: description.path,
            blockRows: description.blockRows,
            knownAs: description.path,
            ledger: .process
        )
        try verify(against: description)
    }

    /// Checks that this is the dataset described: the same files, in the same order, of the same size and shape.
    ///
    /// The path may differ. Bytes are not compared.
    ///
    /// - Throws: `.badData` that names the first difference.
    package func verify(against other: DatasetDescription) throws(ShardError) {
        let mine = description
        if let place = mine.manifest.firstDifference(from: other.manifest) {
            let file = files[place]
            let here = "file \(file.name) (\(file.rows) rows, \(file.byteCount) bytes) here"
            throw difference(
                other.manifest.count == 1
                    ? "\(here), one of \(other.rows) rows and \(other.byteCount) bytes at the coordinator"
                    : "\(here), another as number \(place + 1) of \(other.manifest.count) at the coordinator"
            )
        }
        guard mine.manifest.count == other.manifest.count else {
            throw difference("\(mine.manifest.count) files here, \(other.manifest.count) at the coordinator")
        }
        guard mine.columns == other.columns, mine.elementType == other.elementType, mine.rows == other.rows,
            mine.byteCount == other.byteCount, mine.manifest == other.manifest
        else {
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

    /// The path by which others know a dataset.
    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath.appendingPathComponent(path)
    }

    /// What a dataset is called in messages: the same at all who work on it, however they come by it.
    static func name(of matrices: [StoredMatrix], path: String, blockRows: Int) -> UInt64 {
        RowDigest.of("\(path)\n\(blockRows)\n\(Manifest(matrices.map(DatasetFile.init)).sha256)")
    }
}

extension DatasetDescription {
    fileprivate var summary: String { "\(rows) rows of \(columns) \(elementType) in \(byteCount) bytes" }
}
