/// A file of records that is named by the digest of its contents, so that it is either whole or not there.
///
/// Records are written one after the other and read back one at a time: neither needs the file in memory.
package struct DigestedFile: ~Copyable, Sendable {
    /// What a finished file is called and holds.
    package struct Name: Sendable, Equatable {
        /// The prefix and the digest; a file of the folder it was made in.
        package let file: String
        /// SHA-256 of its bytes, in hexadecimal.
        package let sha256: String
        package let byteCount: Int

        package init(file: String, sha256: String, byteCount: Int) {
            self.file = file
            self.sha256 = sha256
            self.byteCount = byteCount
        }
    }

    private static let lengthBytes = 8

    private let folder: String
    private let prefix: String
    private let file: AtomicFile
    private var digest = Digest()
    private var byteCount = 0

    /// Begins a file aside.
    ///
    /// - Parameter prefix: what its name begins with; one writer at a time.
    /// - Throws: `.cannotCreate`, `.inputOutput`.
    package init(in folder: RunFolder, prefix: String) throws(ShardError) {
        self.folder = folder.path
        self.prefix = prefix
        file = try AtomicFile(path: folder.path(for: prefix + "new"))
    }

    /// Adds a record of any length.
    ///
    /// - Throws: `.inputOutput`.
    package mutating func append(_ record: [UInt8]) throws(ShardError) {
        let length = UInt64(record.count)
        try write((0..<Self.lengthBytes).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) })
        try write(record)
    }

    private mutating func write(_ bytes: [UInt8]) throws(ShardError) {
        try file.write(unsafe bytes.span.bytes)
        digest.update(bytes)
        byteCount += bytes.count
    }

    /// Syncs the file and gives it its name.
    ///
    /// - Throws: `.inputOutput`.
    package consuming func commit() throws(ShardError) -> Name {
        let sha256 = digest.hexadecimal()
        let name = Name(file: prefix + sha256, sha256: sha256, byteCount: byteCount)
        try file.commit(as: folder.appendingPathComponent(name.file))
        return name
    }

    /// Reads the records of a finished file in order.
    ///
    /// - Throws: `.noInput` if it is not there, `.badData` if it is not what was written; what `body` throws.
    package static func read(_ name: Name, in folder: RunFolder, _ body: ([UInt8]) throws -> Void) throws {
        let path = folder.path(for: name.file)
        let file = try MappedFile(path: path)
        guard file.byteCount == name.byteCount, try Digest.hexadecimal(ofFile: path) == name.sha256 else {
            throw ShardError(
                .badData,
                "partial results damaged",
                at: path,
                fix: "restore the file, or start the job again with --overwrite"
            )
        }
        // Every length is one that was written: the digest says so.
        var position = 0
        while position < file.byteCount {
            let first = position + lengthBytes
            let length = file.bytes(in: position..<first).reversed().reduce(0) { $0 << 8 | Int($1) }
            try body(file.bytes(in: first..<first + length))
            position = first + length
        }
    }
}
