import Glibc

/// A text file that only grows, one line for each write, such as `events.jsonl`.
package struct AppendLog: ~Copyable, Sendable {
    package let path: String
    private let file: OpenFile

    /// Opens or creates the file.
    ///
    /// A last line that an interrupted run left unfinished is cut off: readers could make nothing of it.
    ///
    /// - Parameter emptying: begin afresh instead of going on.
    /// - Throws: `.cannotCreate`, `.inputOutput`.
    package init(path: String, emptying: Bool = false) throws(ShardError) {
        self.path = path
        file = try Self.open(path, emptying)
    }

    /// Adds a line, in one write.
    ///
    /// - Parameter line: without a line feed.
    /// - Throws: `.inputOutput`.
    package func append(_ line: String) throws(ShardError) {
        precondition(!line.utf8.contains(UInt8(ascii: "\n")), "a line feed inside a line of \(path)")
        let bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
        do {
            try file.write(unsafe bytes.span.bytes)
        } catch {
            throw error.writing(path)
        }
    }

    private static func open(_ path: String, _ emptying: Bool) throws(ShardError) -> OpenFile {
        let file = try OpenFile(creating: path, O_RDWR | O_APPEND | (emptying ? O_TRUNC : 0), at: path)
        do {
            try cutUnfinishedLine(of: file)
        } catch {
            throw error.writing(path)
        }
        return file
    }

    private static func cutUnfinishedLine(of file: borrowing OpenFile) throws(SystemFailure) {
        let byteCount = try file.status().byteCount
        var end = byteCount
        while end > 0, let last = try file.byte(at: end - 1), last != UInt8(ascii: "\n") { end -= 1 }
        guard end < byteCount else { return }
        let descriptor = file.descriptor
        _ = try SystemFailure.retrying { ftruncate(descriptor, end) }
    }
}
