import Coordination

/// What becomes of bytes that were written but not synced when the machine crashes.
package enum TailFate: Hashable, Sendable {
    case lost
    /// So many thousandths of them are there.
    case torn(Int)
    case kept
}

/// One record of the simulated journal.
struct JournalEntry: Hashable {
    struct Snapshot: Hashable {
        /// How many rounds were done, and the model's bytes after them.
        var rounds: UInt64
        var model: [UInt8]
    }

    /// Of the life that wrote it.
    var term: UInt64
    /// Nil where a life only says that it has begun.
    var snapshot: Snapshot?
}

/// The journal's file: bytes that are on the disk, and after them bytes that a crash may take.
struct SimulatedDisk {
    private var synced: [UInt8] = []
    private var unsynced: [UInt8] = []

    /// Writes a record: its length, a checksum, and what it says.
    mutating func write(_ entry: JournalEntry) {
        var payload = Self.bytes(of: entry.term)
        if let snapshot = entry.snapshot { payload += Self.bytes(of: snapshot.rounds) + snapshot.model }
        unsynced += Self.bytes(of: UInt64(payload.count)) + Self.bytes(of: Self.checksum(payload)) + payload
    }

    mutating func sync() {
        synced += unsynced
        unsynced = []
    }

    mutating func crash(_ fate: TailFate) {
        switch fate {
        case .lost: break
        case .torn(let permille): synced += unsynced.prefix(unsynced.count * permille / 1000)
        case .kept: synced += unsynced
        }
        unsynced = []
    }

    /// What the journal says to the next life, which cuts a torn record off.
    mutating func read() -> (entries: [JournalEntry], isTorn: Bool) {
        var entries: [JournalEntry] = []
        var rest = synced[...]
        while rest.count >= 16 {
            let length = Int(Self.number(rest.prefix(8)))
            let payload = rest.dropFirst(16).prefix(length)
            guard payload.count == length, Self.checksum(Array(payload)) == Self.number(rest.dropFirst(8).prefix(8))
            else { break }
            entries.append(Self.entry(of: payload))
            rest = rest.dropFirst(16 + length)
        }
        let isTorn = !rest.isEmpty
        synced.removeLast(rest.count)
        return (entries, isTorn)
    }

    private static func entry(of payload: ArraySlice<UInt8>) -> JournalEntry {
        let term = number(payload.prefix(8))
        let rest = payload.dropFirst(8)
        guard !rest.isEmpty else { return JournalEntry(term: term) }
        let snapshot = JournalEntry.Snapshot(rounds: number(rest.prefix(8)), model: Array(rest.dropFirst(8)))
        return JournalEntry(term: term, snapshot: snapshot)
    }

    private static func bytes(of number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Fowler, Noll and Vo's hash, FNV-1a.
    private static func checksum(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
