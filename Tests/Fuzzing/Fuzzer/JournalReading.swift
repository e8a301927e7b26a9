@testable import Services

/// A run's journal.
///
/// The first byte of an input says whether the rest is a whole journal, or the payload of one record, whose checksums no
/// mutation would find.
enum JournalReading {
    /// What a job would keep beside its rounds.
    private struct Note: Codable, Sendable {
        var history: [Double]
        var seconds: Double?
    }

    private static let payload: UInt8 = 1

    static func read(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        if first & payload == 0 {
            readJournal(rest)
        } else if let last = rest.last, last != 0 {
            let records = readJournal(JournalRecords.record(of: rest))
            precondition(records?.payloads == [rest], "a record that was written comes back as another")
        }
    }

    @discardableResult
    private static func readJournal(_ bytes: [UInt8]) -> JournalRecords? {
        guard let records = try? JournalRecords(bytes, path: "j") else { return nil }
        precondition(records.byteCount <= bytes.count, "more is read than there is")
        precondition(records.isTorn == (records.byteCount < bytes.count), "bytes that are neither a record nor torn")
        _ = try? StoredJournal<Note>.entries(of: records, at: "j")
        return records
    }

    static var seeds: [[UInt8]] {
        let checkpoint = #"{"file":".model-1-2","round":2,"sha256":"\#(String(repeating: "0", count: 64))"}"#
        let entries = [
            #"{"term":1}"#, #"{"checkpoint":\#(checkpoint),"note":{"history":[1.5,-2e3]},"term":1}"#,
            #"{"note":{"history":[],"seconds":0.25},"term":18446744073709551615}"#,
        ].map { Array($0.utf8) }
        let journal = entries.flatMap { JournalRecords.record(of: $0) }
        let whole = [journal, journal.dropLast(5), journal + [0, 0, 0], journal + [7, 0, 0, 0], []].map { [0] + $0 }
        return whole + entries.map { [payload] + $0 }
    }
}
