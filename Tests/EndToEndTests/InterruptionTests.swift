import Foundation
import Testing

/// Ends that come from outside.
struct InterruptionTests {
    private func endless(_ fleet: [String], _ folder: TestFolder) throws -> (run: RunningCoterie, output: RunOutput) {
        let run = try RunningCoterie(try LongJob(isEndless: true).arguments + fleet + ["-o", folder("o")])
        return (run, RunOutput(folder("o")))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGUSR2, SIGUSR1, SIGHUP], [["--workers", "2"], ["--in-process"]])
    func `asked once, a job finishes its round, leaves its record and exits 75`(signal: Int32, fleet: [String]) throws {
        let folder = try TestFolder()
        let (run, output) = try endless(fleet, folder)
        if fleet == ["--in-process"] {
            #expect(eventually { FileManager.default.fileExists(atPath: folder("o/events.jsonl")) })
            // No event tells of the rounds of a run in one process.
            Thread.sleep(forTimeInterval: 0.5)
        } else {
            output.waitForRounds(3)
        }
        run.send(signal)
        let ended = try run.end(within: 20)
        ended.expectFailure(75)
        #expect(ended.errors.contains("interrupted: "))
        #expect(try output.record["status"] as? String == "interrupted")
        #expect(output.results == ["report.html", "run.json"])
    }

    @Test(arguments: [["--workers", "2"], ["--in-process"]])
    func `asked twice, a job stops at once with 75`(fleet: [String]) throws {
        let folder = try TestFolder()
        let (run, output) = try endless(fleet, folder)
        #expect(eventually { FileManager.default.fileExists(atPath: folder("o/events.jsonl")) })
        Thread.sleep(forTimeInterval: 0.5)
        run.send(SIGINT)
        run.send(SIGINT)
        run.send(SIGTERM)
        let ended = try run.end(within: 20)
        ended.expectFailure(75)
        #expect(!output.results.contains("labels.npy"))
    }

    @Test func `nothing outlives a coordinator that is killed, and no file has a final name`() throws {
        let folder = try TestFolder()
        let (run, output) = try endless(["--workers", "3"], folder)
        output.waitForRounds(5, workers: 3)
        #expect(run.workers.count == 3)
        run.send(SIGKILL)
        let ended = try run.end()
        #expect(ended.status == -SIGKILL)
        ended.expectNothingLeft()
        #expect(output.results.allSatisfy { $0.hasPrefix(".") })
    }

    @Test func `an interrupted run over old results leaves none of them`() throws {
        let folder = try TestFolder()
        try folder.write("old", "o/labels.npy")
        try folder.write("old", "o/mine.txt")
        let run = try RunningCoterie(
            try LongJob(isEndless: true).arguments + ["--workers", "1", "--overwrite", "-o", folder("o")]
        )
        RunOutput(folder("o")).waitForRounds(3)
        run.send(SIGINT)
        try run.end().expectFailure(75)
        #expect(RunOutput(folder("o")).results == ["mine.txt", "report.html", "run.json"])
    }

    @Test func `a job that was started to outlive its terminal does`() throws {
        let folder = try TestFolder()
        let job = try LongJob()
        let run = try RunningCoterie(job.arguments + ["--workers", "1", "-o", folder("o")], shell: "exec nohup \"$@\"")
        RunOutput(folder("o")).waitForRounds(3)
        run.send(SIGHUP)
        #expect(try run.end().status == 0)
        #expect(try RunOutput(folder("o")).digest == job.digest)
    }
}
