import Foundation
import Testing

/// What a run says of itself covers all the lives of its coordinator.
struct LivesTests {
    private func begin(_ folder: TestFolder) throws -> RunningCoterie {
        let run = try RunningCoterie(
            try LongJob().arguments + ["--workers", "2", "--min-workers", "2", "-o", folder("o")]
        )
        // A record may tell of workers that have finished nothing yet; records that follow it tell of the same workers.
        let hasFleet = eventually {
            let bytes = FileManager.default.contents(atPath: folder("o") + "/.journal") ?? Data()
            let journal = String(decoding: bytes, as: UTF8.self)
            return journal.contains(/"blocks":[1-9]/)
                && ["local-1", "local-2"].allSatisfy { journal.contains("\"name\":\"\($0)\"") }
        }
        #expect(hasFleet)
        return run
    }

    private func events(_ folder: TestFolder) throws -> [[String: Any]] {
        let text = try String(contentsOfFile: folder("o") + "/events.jsonl", encoding: .utf8)
        return try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test(arguments: [SIGKILL, SIGTERM])
    func `the fleet and the events of a resumed run are those of all its lives`(signal: Int32) throws {
        let folder = try TestFolder()
        let first = try begin(folder)
        first.send(signal)
        let status = try first.end().status
        try #require(status == (signal == SIGTERM ? 75 : -SIGKILL))
        let before = try events(folder)
        let larger = ["--workers", "3", "--min-workers", "3", "--no-progress"]
        let resumed = try CoterieProcess(["resume", folder("o")] + larger)
        #expect(resumed.status == 0, "\(resumed.errors)")
        let output = RunOutput(folder("o"))
        #expect(try output.digest == LongJob().digest)

        let fleet = try #require(try output.record["fleet"] as? [String: Any])
        let workers = try #require(fleet["workers"] as? [[String: Any]])
        let names = workers.compactMap { $0["name"] as? String }
        #expect(names.sorted() == ["local-1", "local-1", "local-2", "local-2", "local-3"])
        #expect(fleet["workers_joined"] as? Int == 5)
        #expect(fleet["workers_requested"] as? Int == 3)
        // The first two were there until their coordinator ended, the others came after that.
        let ends = workers.prefix(2).compactMap { $0["lost_at"] as? Double }
        let starts = workers.dropFirst(2).compactMap { $0["joined_at"] as? Double }
        #expect(ends.count == 2 && starts.count == 3)
        #expect(ends.max() ?? .infinity <= starts.min() ?? 0)
        #expect(workers.prefix(2).contains { $0["blocks"] as? Int ?? 0 > 0 })

        let after = try events(folder)
        #expect(after.count > before.count)
        #expect(after.prefix(before.count).map { $0["event"] as? String } == before.map { $0["event"] as? String })
        let times = after.compactMap { $0["time"] as? Double }
        #expect(times == times.sorted(), "time goes back where the second life begins")
    }

    @Test func `an event that was cut short does not keep a run from ending`() throws {
        let folder = try TestFolder()
        let first = try begin(folder)
        first.send(SIGKILL)
        _ = try first.end()
        let path = folder("o") + "/events.jsonl"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.dropLast(5).write(to: URL(fileURLWithPath: path))
        let resumed = try CoterieProcess(["resume", folder("o"), "--no-progress"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try !events(folder).isEmpty)
    }
}
