import Foundation
import Shards
import Tensors
import Testing

/// Runs that are stopped or killed, and what becomes of them.
struct ResumeTests {
    /// What every run here must end with.
    private struct Reference {
        let data: TestFolder
        let digest: String
        let labels: Data
        let history: Int
    }

    private static let arguments = [
        "-k", "60", "--seed", "4", "--restarts", "4", "--block-rows", "128", "--no-progress", "--json",
    ]

    private static let reference = Result {
        let folder = try TestFolder()
        let random = CounterRandom(seed: 1, purpose: .init(code: 0xFFFF_0007))
        let values = (0..<6000).flatMap { row in
            var draws = random.draws(forRow: UInt64(row))
            return (0..<24).map { _ in Float(draws.uniform() - 0.5) }
        }
        try NumpyWriter.write(values, rows: 6000, columns: 24, to: folder("x.npy"))
        let run = try CoterieProcess(
            ["kmeans", folder("x.npy")] + arguments + ["--workers", "2", "-o", folder("reference")]
        )
        let record = try run.json()
        return Reference(
            data: folder,
            digest: try #require(record["digest"] as? String),
            labels: try Data(contentsOf: URL(fileURLWithPath: folder("reference/labels.npy"))),
            history: try #require(record["history"] as? [Any]).count
        )
    }

    /// Starts a run and sends it a signal when `moment` has come.
    private func stop(
        _ folder: String,
        _ fleet: [String] = ["--workers", "2"],
        data: String? = nil,
        by signal: Int32 = SIGKILL,
        when moment: () -> Bool
    ) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("coterie")
        let data = try data ?? Self.reference.get().data("x.npy")
        process.arguments = ["kmeans", data] + Self.arguments + fleet + ["-o", folder]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let ended = try process.start()
        let limit = Date.now + 30
        while !moment(), process.isRunning, Date.now < limit { Thread.sleep(forTimeInterval: 0.005) }
        kill(process.processIdentifier, signal)
        ended.wait()
        return process.terminationStatus
    }

    private func hiddenFiles(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasPrefix(".") && $0 != ".lock" }.sorted()
    }

    private func hasCheckpoint(_ folder: String) -> Bool {
        // A record that knows the inputs too, which are digested meanwhile.
        let journal = FileManager.default.contents(atPath: folder + "/.journal") ?? Data()
        return journal.range(of: Data("\"inputs\"".utf8)) != nil
    }

    /// - Parameter wasStopped: false where the run had come to its end before.
    private func expectReference(_ run: CoterieProcess, _ folder: String, wasStopped: Bool = true) throws {
        let expected = try Self.reference.get()
        #expect(run.status == 0, "\(run.errors)")
        let record = try run.json()
        #expect(record["digest"] as? String == expected.digest)
        #expect((record["history"] as? [Any])?.count == expected.history)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/labels.npy")) == expected.labels)
        #expect(hiddenFiles(folder) == [])
        let events = try String(contentsOfFile: folder + "/events.jsonl", encoding: .utf8)
        #expect(events.contains("\"event\":\"resumed\"") == wasStopped)
    }

    @Test(arguments: [0, 0.05, 0.25, 0.6, 1.0, 1.6])
    func `a coordinator killed at any moment costs time, never the answer`(seconds: Double) throws {
        let folder = try TestFolder()
        var began: Date?
        let status = try stop(folder("o")) {
            if began == nil, FileManager.default.fileExists(atPath: folder("o/.job.json")) { began = .now }
            return began.map { Date.now >= $0 + seconds } ?? false
        }
        let run = try CoterieProcess(["resume", folder("o"), "--workers", "1", "--json", "--no-progress"])
        try expectReference(run, folder("o"), wasStopped: status != 0)
    }

    @Test func `a run that is killed again and again comes to its end`() throws {
        let folder = try TestFolder()
        _ = try stop(folder("o")) { hasCheckpoint(folder("o")) }
        for _ in 0..<2 {
            let shell = Process()
            shell.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
            let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
                .appendingPathComponent("coterie").path
            shell.arguments = ["-s", "KILL", "0.6", program, "resume", folder("o"), "--no-progress"]
            shell.standardOutput = FileHandle.nullDevice
            shell.standardError = FileHandle.nullDevice
            let ended = try shell.start()
            ended.wait()
        }
        let run = try CoterieProcess(["resume", folder("o"), "--in-process", "--json", "--no-progress"])
        try expectReference(run, folder("o"))
    }

    @Test(arguments: [["--workers", "2"], ["--in-process", "--threads", "1"]])
    func `Ctrl-C leaves a checkpoint to go on from`(fleet: [String]) throws {
        let folder = try TestFolder()
        // On a busy machine a fleet takes its time; before its first round there is nothing to go on from.
        let isAtWork = fleet[0] == "--in-process" ? "" : "round_advanced"
        var seen: Date?
        let status = try stop(folder("o"), fleet, by: SIGINT) {
            let events = try? String(contentsOfFile: folder("o/events.jsonl"), encoding: .utf8)
            if seen == nil, let events, isAtWork.isEmpty || events.contains(isAtWork) { seen = .now }
            return seen.map { Date.now >= $0 + 0.3 } ?? false
        }
        #expect(status == 75)
        #expect(hiddenFiles(folder("o")).contains { $0.hasPrefix(".model-") })
        let run = try CoterieProcess(["resume", folder("o"), "--json", "--no-progress"])
        try expectReference(run, folder("o"))
        let record = try run.json()
        let settings = record["settings"] as? [String: Any]
        #expect(settings?["in-process"] as? Bool == (fleet[0] == "--in-process"))
    }

    @Test func `a run that has ended says so again`() throws {
        let reference = try Self.reference.get()
        let run = try CoterieProcess(["resume", reference.data("reference"), "--json"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try run.json()["digest"] as? String == reference.digest)
        #expect(try CoterieProcess(["resume", reference.data("reference")]).output.contains(reference.digest))
    }

    @Test func `a folder is gone on with by one coordinator`() throws {
        let folder = try TestFolder()
        _ = try stop(folder("o")) { hasCheckpoint(folder("o")) }
        let lock = try RunFolder.open(at: folder("o"))
        let second = try withExtendedLifetime(lock) { try CoterieProcess(["resume", folder("o"), "--no-progress"]) }
        #expect(second.status == 73)
        #expect(second.errors.contains("in use by another coordinator"))
    }

    @Test func `data that changed meanwhile is refused, by their size at once and by their bytes at the end`() throws {
        let folder = try TestFolder()
        let data = folder("x.npy")
        try FileManager.default.copyItem(atPath: try Self.reference.get().data("x.npy"), toPath: data)
        _ = try stop(folder("o"), data: data) { hasCheckpoint(folder("o")) }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: data))
        bytes[bytes.count - 3] ^= 1
        try bytes.write(to: URL(fileURLWithPath: data))
        let other = try CoterieProcess(["resume", folder("o"), "--no-progress"])
        #expect(other.status == 65, "\(other.errors)")
        // The rows that an earlier life has read are named.
        #expect(other.errors.contains("the data changed while the job ran: \(data) rows"), "\(other.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder("o/labels.npy")))
        try NumpyWriter.write([Float](repeating: 1, count: 24 * 100), rows: 100, columns: 24, to: data)
        let shorter = try CoterieProcess(["resume", folder("o"), "--no-progress"])
        #expect(shorter.status == 65)
        #expect(shorter.errors.contains("the data changed since the run began"))
    }

    @Test func `a damaged journal is refused with its name and the place`() throws {
        let folder = try TestFolder()
        _ = try stop(folder("o")) { hasCheckpoint(folder("o")) }
        let journal = URL(fileURLWithPath: folder("o/.journal"))
        var bytes = try Data(contentsOf: journal)
        bytes[bytes.startIndex + 20] ^= 4
        try bytes.write(to: journal)
        let run = try CoterieProcess(["resume", folder("o")])
        #expect(run.status == 65)
        #expect(run.errors.contains("journal damaged: \(folder("o"))/.journal at byte 0;"))
    }

    @Test func `what is no interrupted run is told from one`() throws {
        let folder = try TestFolder()
        #expect(try CoterieProcess(["resume", folder("none")]).status == 66)
        try folder.write("mine", "own/file.txt")
        let own = try CoterieProcess(["resume", folder("own")])
        #expect(own.status == 65 && own.errors.contains("not a run's folder"))
        #expect(!FileManager.default.fileExists(atPath: folder("own/.lock")))
        try folder.write("", "early/.lock")
        let early = try CoterieProcess(["resume", folder("early")])
        #expect(early.status == 65 && early.errors.contains("the run never began"))
    }

    @Test func `what a killed job was writing aside goes when another begins in its folder`() throws {
        let folder = try TestFolder()
        // Killed so early that nothing can be gone on with.
        try folder.write("half", "o/..job.json.partial-12345")
        try folder.write("", "o/.lock")
        let data = try Self.reference.get().data("x.npy")
        let run = try CoterieProcess(["kmeans", data] + Self.arguments + ["--overwrite", "-o", folder("o")])
        try expectReference(run, folder("o"), wasStopped: false)
        #expect(try !FileManager.default.contentsOfDirectory(atPath: folder("o")).contains { $0.contains("partial") })
    }

    @Test(.enabled(if: Patience.mayLimitFiles, Patience.limitsFiles))
    func `a disk that is full costs time, never the answer`() throws {
        let folder = try TestFolder()
        _ = try stop(folder("o")) { hasCheckpoint(folder("o")) }
        let limited = Process()
        limited.executableURL = URL(fileURLWithPath: "/bin/bash")
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("coterie").path
        // Labels take 24 kB, and no file may take more than 16.
        limited.arguments = [
            "-c", "ulimit -f 16; \"$@\" >/dev/null 2>\"$0\"", folder("err"), program, "resume", folder("o"),
        ]
        let ended = try limited.start()
        ended.wait()
        #expect(limited.terminationStatus == 74)
        let message = try String(contentsOfFile: folder("err"), encoding: .utf8)
        #expect(message.contains("then 'coterie resume \(folder("o"))' goes on"))
        let run = try CoterieProcess(["resume", folder("o"), "--json", "--no-progress"])
        try expectReference(run, folder("o"))
    }

    @Test func `predict goes on too, from centroids that are gone`() throws {
        let folder = try TestFolder()
        let reference = try Self.reference.get()
        let centroids = folder("c.npy")
        try FileManager.default.copyItem(atPath: reference.data("reference/centroids.npy"), toPath: centroids)
        let words = ["predict", centroids, reference.data("x.npy"), "--in-process", "--no-progress", "--json"]
        let expected = try CoterieProcess(words + ["-o", folder("p")]).json()["digest"] as? String
        // A run that was killed as it began: its job is there, and nothing else.
        let killed = Process()
        killed.executableURL = URL(fileURLWithPath: "/bin/bash")
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("coterie").path
        killed.arguments =
            [
                "-c",
                "\"$@\" >/dev/null 2>&1 & while [ ! -e $0/.job.json ] && kill -0 $!; do :; done; kill -9 $!; wait",
                folder("q"),
                program,
            ] + words + ["-o", folder("q")]
        let ended = try killed.start()
        ended.wait()
        try FileManager.default.removeItem(atPath: centroids)
        let run = try CoterieProcess(["resume", folder("q"), "--json", "--no-progress"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try run.json()["digest"] as? String == expected && expected != nil)
    }
}

extension Process {
    /// Runs, and signals its end; `waitUntilExit` would turn the run loop of a thread that is not its own.
    fileprivate func start() throws -> DispatchSemaphore {
        let ended = DispatchSemaphore(value: 0)
        terminationHandler = { _ in ended.signal() }
        try run()
        return ended
    }
}
