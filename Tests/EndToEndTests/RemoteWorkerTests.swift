import Foundation
import Testing

/// Fleets of workers that were started by hand.
struct RemoteWorkerTests {
    private func coordinator(
        _ job: LongJob,
        at endpoint: String,
        _ folder: TestFolder,
        workers: Int = 0,
        more: [String] = []
    ) throws -> RunningCoterie {
        let fleet = ["--workers", "\(workers)", "--listen", endpoint, "--insecure"]
        return try RunningCoterie(job.arguments + fleet + more + ["-o", folder("o")])
    }

    private func worker(
        _ endpoint: String,
        _ more: [String] = [],
        environment: [String: String] = [:]
    ) throws -> RunningCoterie {
        try RunningCoterie(["worker", endpoint, "--insecure"] + more, environment: environment)
    }

    @Test func `remote workers end with the same digest and leave with 0`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        // Before the coordinator, and one with threads: neither matters.
        let workers = [try worker(endpoint, ["--threads", "3"]), try worker(endpoint)]
        let run = try coordinator(job, at: endpoint, folder, more: ["--min-workers", "2"])
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try RunOutput(folder("o")).digest == job.digest)
        for worker in workers {
            let ended = try worker.end(within: 10)
            #expect(ended.status == 0)
            #expect(ended.errors.isEmpty, "\(ended.errors)")
        }
    }

    @Test func `a remote worker that is asked to stop hands back its work and leaves with 0`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let run = try coordinator(job, at: endpoint, folder, workers: 1, more: ["--min-workers", "2"])
        let guest = try worker(endpoint)
        RunOutput(folder("o")).waitForRounds(5)
        // In its place, for the fleet must not become too small.
        let other = try worker(endpoint)
        guest.send(SIGINT)
        #expect(try guest.end(within: 10).status == 0)
        #expect(try other.end().status == 0)
        #expect(try run.end().status == 0)
        #expect(RunOutput(folder("o")).events.contains("left"))
        #expect(try RunOutput(folder("o")).digest == job.digest)
    }

    @Test func `a worker whose kernel computes other bits is refused and told what to set`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let run = try coordinator(job, at: endpoint, folder, workers: 1, more: ["--suspicion", "30"])
        RunOutput(folder("o")).waitForRounds(1)
        try run.held {
            let other = try worker(endpoint, environment: ["COTERIE_KERNEL": "blas"]).end(within: 20)
            other.expectFailure(69)
            #expect(other.errors.contains("set COTERIE_KERNEL"))
        }
        #expect(try run.end().status == 0)
        #expect(RunOutput(folder("o")).events.contains("refused"))
        #expect(try RunOutput(folder("o")).digest == job.digest)
    }

    @Test func `with --allow-mixed it may join, and the record says that the result is not reproducible`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let run = try coordinator(
            job,
            at: endpoint,
            folder,
            workers: 1,
            more: ["--allow-mixed", "--min-workers", "2"]
        )
        let other = try worker(endpoint, environment: ["COTERIE_KERNEL": "blas"])
        #expect(try run.end().status == 0)
        #expect(try other.end(within: 10).status == 0)
        #expect(try RunOutput(folder("o")).record["reproducible"] as? Bool == false)
    }

    @Test func `a worker without a coordinator gives up`() throws {
        let ended = try worker(try FreePort.endpoint(), ["--death-timeout", "0.5"]).end(within: 20)
        ended.expectFailure(69)
        #expect(ended.errors.contains("coordinator not heard for 0.5 s"))
    }

    @Test func `a fleet that nobody joins is given up`() throws {
        let folder = try TestFolder()
        let run = try coordinator(
            try LongJob(),
            at: try FreePort.endpoint(),
            folder,
            more: ["--quorum-timeout", "0.5"]
        )
        let ended = try run.end(within: 20)
        ended.expectFailure(69)
        #expect(ended.errors.contains("0 of at least 1 for 0.5 s"))
        #expect(!FileManager.default.fileExists(atPath: folder("o")))
    }

    @Test func `the second coordinator on a port is told so and leaves nothing`() throws {
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let first = try coordinator(try LongJob(isEndless: true), at: endpoint, folder, workers: 1)
        RunOutput(folder("o")).waitForRounds(1)
        let second = try CoterieProcess(
            try LongJob().arguments + ["--workers", "2", "--listen", endpoint, "--insecure", "-o", folder("second")]
        )
        second.expectFailure(69)
        #expect(second.errors.contains("the address is in use"))
        #expect(!FileManager.default.fileExists(atPath: folder("second")))
        first.send(SIGINT)
        #expect(try first.end(within: 20).status == 75)
    }

    @Test func `a worker that outlives its coordinator works for the next one`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let guest = try worker(endpoint)
        let first = try RunningCoterie(
            try LongJob(isEndless: true).arguments
                + ["--workers", "0", "--listen", endpoint, "--insecure", "-o", folder("first")]
        )
        RunOutput(folder("first")).waitForRounds(5)
        first.send(SIGKILL)
        _ = try first.end()
        let second = try coordinator(job, at: endpoint, folder)
        #expect(try second.end().status == 0)
        #expect(try RunOutput(folder("o")).digest == job.digest)
        #expect(try guest.end(within: 10).status == 0)
    }

    @Test(arguments: [65, 66] as [Int32])
    func `a worker that sees other files, or none, goes away and does not disturb the job`(status: Int32) throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let data = folder("x.npy")
        try FileManager.default.copyItem(atPath: job.data, toPath: data)
        let moved = job.arguments.map { $0 == job.data ? data : $0 }
        let run = try RunningCoterie(
            moved + ["--workers", "1", "--suspicion", "30", "--listen", endpoint, "--insecure", "-o", folder("o")]
        )
        RunOutput(folder("o")).waitForRounds(1)
        // Those who have the file open keep it.
        try FileManager.default.removeItem(atPath: data)
        if status == 65 {
            try SampleEmbeddings.write(SampleEmbeddings.values(rows: 50, columns: 8), columns: 8, to: data)
        }
        try run.held {
            let stranger = try worker(endpoint).end(within: 20)
            stranger.expectFailure(status)
            #expect(stranger.errors.contains("x.npy"))
        }
        #expect(try run.end().status == 0)
        #expect(try RunOutput(folder("o")).digest == job.digest)
    }
}
