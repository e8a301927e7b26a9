import Dashboard
import Foundation

/// Reads what a run adds to its `events.jsonl`.
struct EventTail {
    private let path: String
    private var offset: UInt64 = 0

    init(path: String) {
        self.path = path
    }

    /// The events that were written since the last call, as far as their lines are whole.
    mutating func poll() -> [FleetEventRecord] {
        guard let file = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? file.close() }
        guard let end = try? file.seekToEnd() else { return [] }
        // A run that began anew emptied it.
        if end < offset { offset = 0 }
        guard end > offset, (try? file.seek(toOffset: offset)) != nil, let data = try? file.readToEnd(),
            let last = data.lastIndex(of: UInt8(ascii: "\n"))
        else { return [] }
        let whole = data[...last]
        offset += UInt64(whole.count)
        return (try? FleetEventRecord.events(fromLines: String(decoding: whole, as: UTF8.self))) ?? []
    }
}
