import Foundation
import Testing

@testable import Dashboard

/// Workers come and go as they like, and what the user set decides when they are missed.
struct ElasticFleetTests {
    /// When the first worker was lost, and for how long it had been silent then, in milliseconds.
    private func silenceOfLost(_ folder: String) throws -> Int? {
        let text = (try? String(contentsOfFile: folder + "/events.jsonl", encoding: .utf8)) ?? ""
        let events = try FleetEventRecord.events(fromLines: text)
        let detail = events.first { $0.event == .lost }?.detail
        return try detail.flatMap { try #/silent for (\d+) ms/#.firstMatch(in: $0) }.flatMap { Int($0.1) }
    }

    @Test(arguments: [50, 2000])
    func `a worker that is stopped is missed after the time that was set`(milliseconds: Int) throws {
        let job = try LongJob(isEndless: true)
        let folder = try TestFolder()
        let suspicion = "\(Double(milliseconds) / 1000)"
        let run = try RunningCoterie(
            job.arguments + ["--workers", "2", "--suspicion", suspicion, "-o", folder("o")]
        )
        // One that had yet to join could not be missed.
        RunOutput(folder("o")).waitForRounds(5, workers: 2)
        // At 50 ms on a busy machine one may have been missed before.
        let worker = try #require(run.workers.first)
        kill(worker, SIGSTOP)
        defer { kill(worker, SIGCONT) }
        #expect(try eventually { try silenceOfLost(folder("o")) != nil })
        #expect(try silenceOfLost(folder("o")) ?? 0 >= milliseconds)
        kill(worker, SIGCONT)
        run.send(SIGTERM)
        #expect(try run.end().status == 75)
    }

    @Test func `at 60 seconds a worker that is stopped for a while is not missed, and its work is done by another`()
        throws
    {
        let job = try LongJob()
        let folder = try TestFolder()
        let run = try RunningCoterie(job.arguments + ["--workers", "2", "--suspicion", "60", "-o", folder("o")])
        RunOutput(folder("o")).waitForRounds(5, workers: 2)
        let worker = try #require(run.workers.first)
        kill(worker, SIGSTOP)
        // A second copy of its tasks goes to the other after three seconds, and the round ends without it.
        #expect(eventually { RunOutput(folder("o")).events.contains("lease_copied") })
        kill(worker, SIGCONT)
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try RunOutput(folder("o")).digest == job.digest)
        #expect(!RunOutput(folder("o")).events.contains("lost"))
    }

    @Test func `a local worker that is asked to go hands back its work and is replaced`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let run = try RunningCoterie(job.arguments + ["--workers", "2", "-o", folder("o")])
        let output = RunOutput(folder("o"))
        output.waitForRounds(5, workers: 2)
        kill(try #require(run.workers.first), SIGTERM)
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try output.digest == job.digest)
        #expect(output.events.contains("left"))
        #expect(output.events.count { $0 == "joined" } >= 3)
        #expect(!output.events.contains("lost"))
    }

    @Test func `a fleet that becomes too small waits, says so, is given up, and can be gone on with`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let guests = try (0..<2).map { _ in
            try RunningCoterie(["worker", endpoint, "--insecure", "--death-timeout", "30"])
        }
        let run = try RunningCoterie(
            job.arguments + ["--workers", "0", "--listen", endpoint, "--insecure", "--keep-workers", "2"]
                + ["--suspicion", "0.5", "--quorum-timeout", "\(4 * Patience.factor)", "-o", folder("o")]
        )
        RunOutput(folder("o")).waitForRounds(20, workers: 2)
        guests[0].send(SIGKILL)
        #expect(try eventually { try run.errors.contains("too few workers: 1 of at least 2; waiting for others") })
        let status = try CoterieProcess(["status", folder("o")])
        #expect(status.output.hasPrefix("kmeans: waiting"))
        let ended = try run.end(within: 30)
        #expect(ended.status == 69)
        #expect(ended.errors.contains("'coterie resume \(folder("o"))' goes on"))
        let resumed = try CoterieProcess(["resume", folder("o"), "--workers", "1", "--no-progress"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try RunOutput(folder("o")).digest == job.digest)
    }

    @Test func `a fleet goes on with fewer workers than it waited for to start`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let guests = try (0..<3).map { _ in try RunningCoterie(["worker", endpoint, "--insecure"]) }
        let run = try RunningCoterie(
            job.arguments + ["--workers", "0", "--listen", endpoint, "--insecure", "--min-workers", "3"]
                + ["--quorum-timeout", "600", "-o", folder("o")]
        )
        let output = RunOutput(folder("o"))
        output.waitForRounds(5, workers: 3)
        guests[0].send(SIGKILL)
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(output.events.contains("lost") && !output.events.contains("quorum_lost"))
        #expect(try output.digest == job.digest)
        for guest in guests.dropFirst() { #expect(try guest.end(within: 10).status == 0) }
    }

    @Test func `remote workers come back by themselves when their coordinator is killed and resumed`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let guests = try (1...2).map { number in
            try RunningCoterie(["worker", endpoint, "--insecure", "--name", "guest-\(number)"])
        }
        let run = try RunningCoterie(
            job.arguments + [
                "--workers", "0", "--listen", endpoint, "--insecure", "--min-workers", "2", "-o", folder("o"),
            ]
        )
        RunOutput(folder("o")).waitForRounds(20, workers: 2)
        #expect(eventually { (FileManager.default.contents(atPath: folder("o") + "/.journal") ?? Data()).count > 500 })
        run.send(SIGKILL)
        _ = try run.end()
        for guest in guests { #expect(guest.isRunning) }
        // With the fleet it began with: the same port, and no worker of its own.
        let resumed = try CoterieProcess(["resume", folder("o"), "--no-progress"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try RunOutput(folder("o")).digest == job.digest)
        for guest in guests { #expect(try guest.end(within: 10).status == 0) }
        let text = try String(contentsOfFile: folder("o") + "/events.jsonl", encoding: .utf8)
        let events = try FleetEventRecord.events(fromLines: text)
        let again = events.drop { $0.event != .resumed }.filter { $0.event == .joined }.compactMap(\.worker)
        #expect(again.sorted() == ["guest-1", "guest-2"])
    }

    @Test func `a second coordinator on a run's folder is refused and told who is there`() throws {
        let job = try LongJob(isEndless: true)
        let folder = try TestFolder()
        let first = try RunningCoterie(job.arguments + ["--workers", "1", "-o", folder("o")])
        RunOutput(folder("o")).waitForRounds(3)
        for arguments in [job.arguments + ["-o", folder("o"), "--overwrite"], ["resume", folder("o")]] {
            let second = try CoterieProcess(arguments)
            second.expectFailure(73)
            #expect(second.errors.contains("in use by another coordinator (process \(first.identifier) on "))
        }
        first.send(SIGTERM)
        #expect(try first.end().status == 75)
    }
}
