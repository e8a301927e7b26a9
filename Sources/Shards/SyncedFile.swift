import Glibc

/// A file of bytes that only grows, and of which every addition is on the disk before the next is made.
package struct SyncedFile: ~Copyable, Sendable {
    package let path: String
    private let file: OpenFile

    /// Opens or creates the file, and forgets what stands after the first `byteCount` bytes.
    ///
    /// - Throws: `.cannotCreate`, `.inputOutput`.
    package init(path: String, keeping byteCount: Int) throws(ShardError) {
        self.path = path
        file = try Self.open(path, byteCount)
    }

    /// Adds bytes, and waits until they are on the disk.
    ///
    /// - Throws: `.inputOutput`; some of the bytes may have been written then.
    package func append(_ bytes: [UInt8]) throws(ShardError) {
        do {
            try file.write(unsafe bytes.span.bytes)
            try file.synchronize()
        } catch {
            throw error.writing(path)
        }
    }

    private static func open(_ path: String, _ byteCount: Int) throws(ShardError) -> OpenFile {
        let file = try OpenFile(creating: path, O_WRONLY | O_APPEND, at: path)
        do {
            let descriptor = file.descriptor
            _ = try SystemFailure.retrying { ftruncate(descriptor, byteCount) }
            try file.synchronize()
        } catch {
            throw error.writing(path)
        }
        return file
    }
}
