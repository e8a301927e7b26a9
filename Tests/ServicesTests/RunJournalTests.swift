import Coordination
import Foundation
import Shards
import Testing

@testable import Services

struct RunJournalTests {
    private typealias Journal = RunJournal<[Int]>

    /// A run's folder, removed after `body`.
    private func withFolder(_ body: (RunFolder) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("journal-\(UUID().uuidString)").path
        let folder = try RunFolder.create(at: path, overwrite: false)
        defer { try? folder.remove() }
        try body(folder)
    }

    private func hiddenFiles(_ folder: RunFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != ".lock" }.sorted()
    }

    private func write(_ bytes: some Sequence<UInt8>, _ name: String, in folder: RunFolder) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path(for: name)))
    }

    @Test func `a run goes on from its last model with all notes, in a higher term`() throws {
        try withFolder { folder in
            let journal = try Journal(beginningIn: folder, at: 1)
            #expect(journal.term == Term(1) && !journal.hasCheckpoint)
            try journal.save([1, 2], afterRound: 3, [7])
            try journal.save([0, 0], afterRound: 5, [8, 9])
            #expect(try hiddenFiles(folder) == [".journal", ".model-1-3", ".model-1-5"])
            let stored = try StoredJournal<[Int]>(in: folder)
            #expect(stored.snapshot?.round == 5 && stored.snapshot?.model == [0, 0])
            #expect(stored.notes == [[7], [8, 9]] && stored.term == 1 && !stored.isTorn)
            // Though the clock was set back.
            let next = try Journal(continuing: stored, in: folder, at: 1)
            #expect(next.term == Term(2) && next.hasCheckpoint)
            // A life that saves nothing still counts.
            #expect(try Journal(continuing: StoredJournal(in: folder), in: folder, at: 0).term == Term(3))
            #expect(try StoredJournal<[Int]>(in: folder).snapshot?.round == 5)
        }
    }

    @Test func `without a record a run goes on from its beginning`() throws {
        try withFolder { folder in
            let empty = try StoredJournal<[Int]>(in: folder)
            #expect(empty.snapshot == nil && empty.term == 0 && empty.notes.isEmpty)
            #expect(try Journal(continuing: empty, in: folder, at: 1).term == Term(1))
        }
    }

    @Test func `a torn record is cut off, and the next follows the whole ones`() throws {
        try withFolder { folder in
            try Journal(beginningIn: folder, at: 1).save([1], afterRound: 1, [1])
            let whole = try Data(contentsOf: URL(fileURLWithPath: folder.path(for: ".journal")))
            try write(whole + [40, 0, 0], ".journal", in: folder)
            // Named by no record, since it was torn.
            try write([9], ".model-1-2", in: folder)
            let stored = try StoredJournal<[Int]>(in: folder)
            #expect(stored.isTorn && stored.snapshot?.model == [1])
            try Journal(continuing: stored, in: folder, at: 1).save([2], afterRound: 2, [2])
            let next = try StoredJournal<[Int]>(in: folder)
            #expect(!next.isTorn && next.notes == [[1], [2]] && next.snapshot?.model == [2])
            #expect(try hiddenFiles(folder) == [".journal", ".model-1-1", ".model-2-2"])
        }
    }

    @Test func `a run whose last record was lost goes on from the one before`() throws {
        try withFolder { folder in
            let journal = try Journal(beginningIn: folder, at: 1)
            try journal.save([1], afterRound: 1, [1])
            try journal.save([2], afterRound: 2, [2])
            let whole = try Data(contentsOf: URL(fileURLWithPath: folder.path(for: ".journal")))
            try journal.save([3], afterRound: 3, [3])
            #expect(try hiddenFiles(folder) == [".journal", ".model-1-2", ".model-1-3"])
            try write(whole + [40, 0, 0], ".journal", in: folder)
            let stored = try StoredJournal<[Int]>(in: folder)
            #expect(stored.snapshot?.model == [2] && stored.notes == [[1], [2]])
            // And that of the next life too.
            let next = try Journal(continuing: stored, in: folder, at: 1)
            try next.save([4], afterRound: 3, [4])
            #expect(try hiddenFiles(folder) == [".journal", ".model-1-2", ".model-2-3"])
        }
    }

    @Test func `a damaged or missing model is bad data`() throws {
        try withFolder { folder in
            try Journal(beginningIn: folder, at: 1).save([1, 2, 3], afterRound: 1, [])
            try write([1, 2, 4], ".model-1-1", in: folder)
            let damaged = #expect(throws: ServiceError.self) { try StoredJournal<[Int]>(in: folder) }
            #expect(damaged?.exitCode == 65 && damaged?.message.contains(".model-1-1;") == true)
            try folder.removeFile(".model-1-1")
            let missing = #expect(throws: ServiceError.self) { try StoredJournal<[Int]>(in: folder) }
            #expect(missing?.exitCode == 65)
        }
    }

    @Test func `a run that begins, or is done, leaves nothing of a journal`() throws {
        try withFolder { folder in
            try Journal(beginningIn: folder, at: 1).save([1], afterRound: 1, [1])
            _ = try Journal(beginningIn: folder, at: 1)
            #expect(try hiddenFiles(folder) == [".journal"])
            #expect(try StoredJournal<[Int]>(in: folder).snapshot == nil)
            try Journal.remove(from: folder)
            #expect(try hiddenFiles(folder) == [])
        }
    }
}
