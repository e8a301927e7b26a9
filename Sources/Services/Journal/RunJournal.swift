package import Coordination
import Foundation
package import Shards

/// What a job leaves in its folder while it runs, so that it can go on when its process has died.
///
/// `.journal` says what has been done, and names the last snapshot of the model, `.model-<round>`. A snapshot has its
/// name and its bytes on the disk before the journal names it, and goes when two later ones have been named: a disk that
/// did not keep what it said it had can cost the last record, and the run then goes on from the one before.
///
/// - `Note`: what else a job wants to know again, about the time since the checkpoint before.
package final class RunJournal<Note: Codable & Sendable> {
    /// That of this life of the job's coordinator: the wall clock's milliseconds, unless an earlier life had that or more,
    /// because the clock was set back or the job goes on on another machine.
    package let term: Term

    private let folder: RunFolder
    private let file: SyncedFile
    private let clock = ContinuousClock()
    private var lastSave: ContinuousClock.Instant
    private var cost = Duration.zero
    private var lastSnapshot: String?
    private var snapshotBefore: String?
    /// Whether a record may be there in part: another behind it would make it a damaged one.
    private var isBroken = false

    /// The journal of a job that begins; that of an earlier one in the same folder goes.
    /// - Parameter milliseconds: of the wall clock, since 1970.
    /// - Throws: `ShardError` where the folder cannot be written to.
    package init(beginningIn folder: RunFolder, at milliseconds: UInt64 = .wallClock) throws {
        try Self.remove(from: folder)
        self.folder = folder
        term = Term(max(1, milliseconds))
        file = try SyncedFile(path: folder.path(for: JournalFiles.journal), keeping: 0)
        lastSave = clock.now
        try appendTerm()
    }

    /// The journal of a job that goes on, in a term of its own.
    /// - Parameter milliseconds: of the wall clock, since 1970.
    /// - Throws: `ServiceError` of exit code 65 where the journal is damaged; `ShardError` where it cannot be written.
    package init(
        continuing stored: StoredJournal<Note>,
        in folder: RunFolder,
        at milliseconds: UInt64 = .wallClock
    ) throws {
        self.folder = folder
        term = Term(max(milliseconds, stored.term + 1))
        file = try SyncedFile(path: folder.path(for: JournalFiles.journal), keeping: stored.byteCount)
        lastSnapshot = stored.checkpoint?.file
        snapshotBefore = stored.checkpointBefore?.file
        lastSave = clock.now
        try folder.removeFiles(
            beginningWith: JournalFiles.snapshotPrefix,
            keeping: [lastSnapshot, snapshotBefore].compactMap(\.self)
        )
        try appendTerm()
    }

    /// Whether it is time for a checkpoint: after half a second, and no more than a twentieth of the time is spent so.
    ///
    /// Rounds that are longer are saved one by one; of the thousands of short ones that a seeding has, few are, since what
    /// is done again gives the same bits.
    package var isDue: Bool {
        clock.now - lastSave >= max(.milliseconds(500), cost * 20)
    }

    /// Whether there is a model to go on from.
    package var hasCheckpoint: Bool { lastSnapshot != nil }

    /// Saves the model after a round; after a failure to do so, nothing.
    /// - Throws: `ShardError`; what was saved before can still be gone on with.
    package func save(_ model: [UInt8], afterRound round: UInt64, _ note: Note) throws {
        guard !isBroken else { return }
        let start = clock.now
        let name = "\(JournalFiles.snapshotPrefix)\(term.rawValue)-\(round)"
        try AtomicFile.write(model, to: folder.path(for: name))
        let checkpoint = JournalCheckpoint(round: round, file: name, sha256: Digest.hexadecimal(of: model))
        try append(JournalEntry(term: term.rawValue, checkpoint: checkpoint, note: note))
        if let snapshotBefore, ![name, lastSnapshot].contains(snapshotBefore) { try folder.removeFile(snapshotBefore) }
        snapshotBefore = lastSnapshot
        lastSnapshot = name
        lastSave = clock.now
        cost = lastSave - start
    }

    /// Notes something without a checkpoint; after a failure to write, nothing.
    /// - Throws: `ShardError`.
    package func add(_ note: Note) throws {
        guard !isBroken else { return }
        try append(JournalEntry(term: term.rawValue, checkpoint: nil, note: note))
    }

    /// Removes all that was kept in a folder for going on.
    package static func remove(from folder: RunFolder) throws {
        try folder.removeFile(JournalFiles.journal)
        try folder.removeFiles(beginningWith: JournalFiles.snapshotPrefix)
    }

    /// So that no later life takes the same term, though this one should save nothing.
    private func appendTerm() throws {
        try append(JournalEntry(term: term.rawValue, checkpoint: nil, note: nil))
    }

    private func append(_ entry: JournalEntry<Note>) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        isBroken = true
        try file.append(JournalRecords.record(of: Array(try encoder.encode(entry))))
        isBroken = false
    }
}

/// What a journal says to the next life of its job.
package struct StoredJournal<Note: Codable & Sendable> {
    /// The last term; 0 where there is no record.
    package private(set) var term: UInt64 = 0
    /// In order.
    package private(set) var notes: [Note] = []
    /// Whether the last record had not been finished.
    package let isTorn: Bool
    /// The rounds that were done at the last checkpoint, and the model's bytes; nil where there was none.
    package let snapshot: (round: UInt64, model: [UInt8])?

    let byteCount: Int
    let checkpoint: JournalCheckpoint?
    let checkpointBefore: JournalCheckpoint?

    /// - Throws: `ServiceError` of exit code 65 where the journal or the snapshot is damaged.
    package init(in folder: RunFolder) throws(ServiceError) {
        let path = folder.path(for: JournalFiles.journal)
        let records = try JournalRecords(Self.contents(of: path) ?? [], path: path)
        var checkpoints: [JournalCheckpoint] = []
        for entry in try Self.entries(of: records, at: path) {
            term = max(term, entry.term)
            if let checkpoint = entry.checkpoint { checkpoints.append(checkpoint) }
            if let note = entry.note { notes.append(note) }
        }
        isTorn = records.isTorn
        byteCount = records.byteCount
        checkpoint = checkpoints.last
        checkpointBefore = checkpoints.dropLast().last
        snapshot = try checkpoints.last.map { checkpoint throws(ServiceError) in
            (checkpoint.round, try Self.model(of: checkpoint, in: folder))
        }
    }

    /// - Throws: exit code 65 where a record is whole and says what this version does not understand.
    static func entries(of records: JournalRecords, at path: String) throws(ServiceError) -> [JournalEntry<Note>] {
        var entries: [JournalEntry<Note>] = []
        for payload in records.payloads {
            guard let entry = try? JSONDecoder().decode(JournalEntry<Note>.self, from: Data(payload)) else {
                throw unusable("journal of another version", path)
            }
            entries.append(entry)
        }
        return entries
    }

    private static func model(of checkpoint: JournalCheckpoint, in folder: RunFolder) throws(ServiceError) -> [UInt8] {
        let path = folder.path(for: checkpoint.file)
        guard let bytes = contents(of: path) else { throw unusable("no such checkpoint", path) }
        guard Digest.hexadecimal(of: bytes) == checkpoint.sha256 else { throw unusable("checkpoint damaged", path) }
        return bytes
    }

    private static func contents(of path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map { Array($0) }
    }

    private static func unusable(_ what: String, _ path: String) -> ServiceError {
        ServiceError(
            exitCode: 65,
            "\(what): \(path); restore the file, or start the job again with --overwrite"
        )
    }
}

extension UInt64 {
    /// Milliseconds since 1970, as this machine's clock has it.
    package static var wallClock: UInt64 { UInt64(Swift.max(0, Date.now.timeIntervalSince1970 * 1000)) }
}

/// One record of the journal.
struct JournalEntry<Note: Codable & Sendable>: Codable, Sendable {
    var term: UInt64
    /// Nil where a life only says that it has begun.
    var checkpoint: JournalCheckpoint?
    var note: Note?
}

/// Where a snapshot of the model is.
struct JournalCheckpoint: Codable, Sendable {
    /// The rounds that had been done.
    var round: UInt64
    /// The name of a file in the run's folder.
    var file: String
    /// Of its bytes, in hexadecimal.
    var sha256: String
}

/// Names in the run's folder.
enum JournalFiles {
    static let journal = ".journal"
    static let snapshotPrefix = ".model-"
}
