import Foundation

/// A run's journal, as somebody sees it who wants to harm it.
struct JournalFile {
    private static let headerBytes = 12

    let path: String

    /// Where the last whole record begins, and its bytes; nil where there is none.
    var lastRecord: (offset: Int, byteCount: Int)? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        var last: (offset: Int, byteCount: Int)?
        var offset = 0
        while bytes.count - offset >= Self.headerBytes {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[bytes.startIndex + offset + $1]) << (8 * $1) }
            let byteCount = Self.headerBytes + length
            guard byteCount <= bytes.count - offset else { break }
            last = (offset, byteCount)
            offset += byteCount
        }
        return last
    }

    /// Leaves so many bytes of it.
    func cut(to byteCount: Int) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.truncate(atOffset: UInt64(byteCount))
        try file.synchronize()
    }
}
