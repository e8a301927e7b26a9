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
        let fleet = ["--workers", "\(workers)", "--listen", endpoint, "--insecure", "--quiet"]
        return try RunningCoterie(job.arguments + fleet + more + ["-o", folder("o")])
    }

    private func worker(
        _ endpoint: String,
        _ more: [String] = [],
        environment: [String: String] = [:]
    ) throws -> RunningCoterie {
        try RunningCoterie(["worker", endpoint, "--insecure", "--quiet"] + more, environment: environment)
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

    @Test func `workers with other kernels end with the same bits, and the record says so`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let run = try coordinator(job, at: endpoint, folder, workers: 1, more: ["--min-workers", "2"])
        let other = try worker(endpoint, environment: ["COTERIE_KERNEL": "blas"])
        #expect(try run.end().status == 0)
        #expect(try other.end(within: 10).status == 0)
        let output = RunOutput(folder("o"))
        #expect(try output.digest == job.digest)
        #expect(try output.record["reproducible"] as? Bool == true)
    }

    @Test func `where a head is trained a worker with another kernel is refused and told what to set`() throws {
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let run = try trainer(at: endpoint, folder, ["--suspicion", "30"])
        RunOutput(folder("o")).waitForRounds(1)
        try run.held {
            let other = try worker(endpoint, environment: ["COTERIE_KERNEL": "blas"]).end(within: 20)
            other.expectFailure(69)
            #expect(other.errors.contains("set COTERIE_KERNEL"))
        }
        #expect(try run.end().status == 0)
        #expect(RunOutput(folder("o")).events.contains("refused"))
        #expect(try RunOutput(folder("o")).record["reproducible"] as? Bool == true)
    }

    @Test func `with --allow-mixed it may join, and the record says that the result is not reproducible`() throws {
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let run = try trainer(at: endpoint, folder, ["--allow-mixed", "--min-workers", "2"])
        let other = try worker(endpoint, environment: ["COTERIE_KERNEL": "blas"])
        #expect(try run.end().status == 0)
        #expect(try other.end(within: 10).status == 0)
        #expect(try RunOutput(folder("o")).record["reproducible"] as? Bool == false)
    }

    /// A training of some seconds with one worker of its own.
    private func trainer(at endpoint: String, _ folder: TestFolder, _ more: [String]) throws -> RunningCoterie {
        let values = SampleEmbeddings.values(rows: 900, columns: 12, centres: 4)
        try SampleEmbeddings.write(values, columns: 12, to: folder("x.npy"))
        let job = ["scan", folder("x.npy"), "-k", "4", "--neighbors", "6", "--heads", "2", "--epochs", "300"]
        let size = ["--batch-size", "300", "--block-rows", "100"]
        let fleet = ["--workers", "1", "--listen", endpoint, "--insecure", "--quiet", "--no-progress"]
        return try RunningCoterie(job + size + fleet + more + ["-o", folder("o")])
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
            #expect(try eventually { try run.errors.contains("x.npy") })
        }
        // A job ends well only if the files are what it has read.
        try? FileManager.default.removeItem(atPath: data)
        try FileManager.default.copyItem(atPath: job.data, toPath: data)
        #expect(try run.end().status == 0)
        #expect(try RunOutput(folder("o")).digest == job.digest)
    }

    @Test func `a fleet at a free port of a name says which, and how a worker joins it`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let run = try RunningCoterie(
            job.arguments
                + ["--workers", "0", "--min-workers", "1", "--listen", "tcp://localhost:0", "--insecure"]
                + ["-o", folder("o")]
        )
        #expect(try eventually { try run.errors.contains("start each with: coterie worker ") })
        let errors = try run.errors
        let command = try #require(errors.firstMatch(of: #/coterie worker (tcp://localhost:(\d+)) --insecure\n/#))
        #expect(try run.errors.contains("waiting for 1 worker 300 s at most"))
        let guest = try worker(String(command.output.1))
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try guest.end(within: 10).status == 0)
        let fleet = try #require(try RunOutput(folder("o")).record["fleet"] as? [String: Any])
        let places = try #require(fleet["listening"] as? [String])
        #expect(!places.isEmpty && places.allSatisfy { $0.hasSuffix(":\(command.output.2)") }, "\(places)")
    }

    @Test(arguments: ["tcp://[::1]:0", "tcp://*:0", "tcp://\(ProcessInfo.processInfo.hostName):0"])
    func `a fleet listens at addresses of both kinds and at this machine's name`(endpoint: String) throws {
        let folder = try TestFolder()
        let run = try CoterieProcess(
            ["kmeans", SampleEmbeddings.digits, "-k", "3", "--workers", "1", "--no-progress", "--max-iterations", "2"]
                + ["--listen", endpoint, "--insecure", "-o", folder("o")]
        )
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("more workers join with: coterie worker tcp://"))
    }

    @Test(arguments: [
        ("tcp://no-such-host.invalid:5600", "unknown host: tcp://no-such-host.invalid:5600: "),
        // An address for examples, which no machine has.
        ("tcp://192.0.2.1:5600", "no such address on this machine"),
    ])
    func `where a fleet cannot listen is said at once`(endpoint: String, reason: String) throws {
        let folder = try TestFolder()
        let run = try CoterieProcess(
            ["kmeans", SampleEmbeddings.digits, "-k", "3", "--no-progress", "--listen", endpoint, "--insecure"]
                + ["-o", folder("o")]
        )
        run.expectFailure(69)
        #expect(run.errors.contains(reason), "\(run.errors)")
    }

    @Test func `a name that is nobody's is what a worker says first, and last`() throws {
        let place = "tcp://no-such-host.invalid:5600"
        let ended = try RunningCoterie(["worker", place, "--insecure", "--death-timeout", "0.5"]).end(within: 30)
        #expect(ended.status == 69)
        #expect(ended.errorLines.first?.hasPrefix("coterie: note: waiting for the coordinator: unknown host") == true)
        #expect(ended.errorLines.last?.hasPrefix("coterie: unknown host: \(place): ") == true, "\(ended.errors)")
        let status = try CoterieProcess(["status", place, "--insecure"])
        status.expectFailure(69)
        #expect(status.errors.hasPrefix("coterie: unknown host: \(place): "))
    }

    @Test func `a worker that waits says for whom, and that it need not any more`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let guest = try RunningCoterie(["worker", endpoint, "--insecure"])
        let words = "coterie: note: waiting for the coordinator: \(endpoint); it is given up after 60 s of silence\n"
        #expect(try eventually { try guest.errors == words })
        let run = try coordinator(job, at: endpoint, folder)
        #expect(try eventually { try guest.errors.contains("joined the coordinator: \(endpoint)") })
        #expect(try run.end().status == 0)
        #expect(try guest.end(within: 10).status == 0)
    }

    @Test func `why the only worker went stands in the error of a fleet that waits for others`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let data = folder("x.npy")
        try FileManager.default.copyItem(atPath: job.data, toPath: data)
        let moved = job.arguments.map { $0 == job.data ? data : $0 }
        let run = try RunningCoterie(
            moved + ["--workers", "0", "--listen", endpoint, "--insecure", "-o", folder("o")]
                + ["--quorum-timeout", "\(3 * Patience.factor)"]
        )
        #expect(try eventually { try run.errors.contains("listening: ") })
        try FileManager.default.removeItem(atPath: data)
        let guest = try worker(endpoint, ["--name", "guest"]).end(within: 20)
        #expect(guest.status == 66)
        let ended = try run.end(within: 30)
        #expect(ended.status == 69)
        #expect(ended.errors.contains("worker guest cannot take part: "), "\(ended.errors)")
        let last = try #require(ended.errorLines.last)
        #expect(last.contains("too few workers: 0 of at least 1"))
        #expect(last.contains("the last to be lost was guest: ") && last.contains("x.npy"), "\(last)")
    }

    @Test func `who asks for the log reads of joining, of a kill and of a leave, and when`() throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let endpoint = try FreePort.endpoint()
        let run = try RunningCoterie(
            job.arguments
                + ["--workers", "1", "--min-workers", "3", "--listen", endpoint, "--insecure", "-o", folder("o")],
            environment: ["COTERIE_LOG_LEVEL": "debug"]
        )
        let guests = try ["one", "two"].map { try worker(endpoint, ["--name", $0]) }
        RunOutput(folder("o")).waitForRounds(3, workers: 3)
        guests[0].send(SIGKILL)
        guests[1].send(SIGTERM)
        #expect(try guests[1].end(within: 10).status == 0)
        let ended = try run.end()
        #expect(ended.status == 0)
        for words in ["one joined as ", "one is lost: its connection was closed", "two left"] {
            let line = ended.errorLines.first { $0.contains(words) }
            #expect(line?.hasPrefix("coterie: info: 20") == true, "\(words): \(ended.errors)")
        }
    }

    @Test(arguments: [(SIGHUP, "SIGHUP"), (SIGUSR1, "SIGUSR1")])
    func `a worker that another signal asks to go says so and leaves`(signal: Int32, name: String) throws {
        let endpoint = try FreePort.endpoint()
        let guest = try RunningCoterie(["worker", endpoint, "--insecure"])
        #expect(try eventually { try guest.errors.contains("waiting") })
        guest.send(signal)
        let ended = try guest.end(within: 10)
        #expect(ended.status == 0)
        #expect(ended.errors.contains("asked to go by \(name)"), "\(ended.errors)")
    }
}
