import Foundation
import Testing

/// Faults of workers cost time, never the answer.
struct WorkerLossTests {
    private func expectFaultless(_ run: CoterieProcess, _ output: RunOutput, _ job: LongJob, lost: Int) throws {
        #expect(run.status == 0, "\(run.errors)")
        run.expectNothingLeft()
        #expect(try output.digest == job.digest)
        #expect(output.events.count { $0 == "lost" } >= lost)
        let fleet = try #require(try output.record["fleet"] as? [String: Any])
        #expect(fleet["workers_lost"] as? Int ?? 0 >= lost)
    }

    @Test(arguments: [1, 2])
    func `workers that are killed are replaced and the digest is that of a run without faults`(kills: Int) throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let output = RunOutput(folder("o"))
        let run = try RunningCoterie(job.arguments + ["--workers", "3", "--min-workers", "3", "-o", folder("o")])
        for number in 1...kills {
            output.waitForRounds(10 * number, workers: 3)
            kill(try #require(run.workers.first), SIGKILL)
        }
        try expectFaultless(try run.end(), output, job, lost: kills)
    }

    @Test func `a worker that is stopped for a while is lost and may come back`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let output = RunOutput(folder("o"))
        let run = try RunningCoterie(
            job.arguments + ["--workers", "3", "--min-workers", "3", "--suspicion", "0.3", "-o", folder("o")]
        )
        output.waitForRounds(10, workers: 3)
        let worker = try #require(run.workers.first)
        kill(worker, SIGSTOP)
        #expect(eventually { output.events.contains("lost") })
        kill(worker, SIGCONT)
        try expectFaultless(try run.end(), output, job, lost: 1)
    }

    @Test func `a worker that stays stopped does not outlive the job`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let output = RunOutput(folder("o"))
        let run = try RunningCoterie(
            job.arguments + ["--workers", "2", "--suspicion", "0.3", "-o", folder("o")]
        )
        output.waitForRounds(5, workers: 2)
        kill(try #require(run.workers.first), SIGSTOP)
        try expectFaultless(try run.end(), output, job, lost: 1)
    }
}
