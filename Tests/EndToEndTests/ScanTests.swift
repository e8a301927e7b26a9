import Foundation
import Testing

/// `coterie scan` on fleets, with faults and without: a model that changes thousands of times, by sums of its workers.
struct ScanTests {
    private struct Job {
        let folder: TestFolder
        let digest: String

        static let columns = 12
        static let settings = [
            "-k", "4", "--neighbors", "6", "--heads", "2", "--hidden", "8", "--batch-size", "300",
            "--learning-rate", "0.01", "--self-label", "--threshold", "0.6", "--self-label-epochs", "3", "--averaging",
            "0.9", "--probabilities", "--block-rows", "100", "--seed", "2", "--no-progress", "--json",
        ]

        let arguments: [String]
        let epochs: Int

        init(epochs: Int) throws {
            folder = try TestFolder()
            self.epochs = epochs
            let values = SampleEmbeddings.values(rows: 900, columns: Self.columns, centres: 4)
            try SampleEmbeddings.write(values, columns: Self.columns, to: folder("x.npy"))
            arguments = ["scan", folder("x.npy"), "--epochs", "\(epochs)"] + Self.settings
            let run = try CoterieProcess(arguments + ["--in-process", "-o", folder("alone")])
            #expect(run.status == 0, "\(run.errors)")
            digest = try RunOutput(folder("alone")).digest
        }
    }

    private static let job = Result { try Job(epochs: 150) }
    /// For one process, which waits for nobody.
    private static let longer = Result { try Job(epochs: 2500) }

    private func arguments() throws -> [String] { try Self.job.get().arguments }

    @Test(arguments: [1, 2, 3, 5])
    func `every fleet trains the same bits`(workers: Int) throws {
        let folder = try TestFolder()
        let run = try CoterieProcess(try arguments() + ["--workers", "\(workers)", "-o", folder("o")])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.isEmpty)
        run.expectNothingLeft()
        let output = RunOutput(folder("o"))
        #expect(try output.digest == Self.job.get().digest)
        #expect(
            output.results == [
                "clusters.json", "head.safetensors", "labels.npy", "probabilities.npy", "report.html", "run.json",
            ]
        )
        let names = try FileManager.default.contentsOfDirectory(atPath: folder("o")).filter { $0.hasPrefix(".") }
        #expect(names == [".lock"])
        let history = try #require(try output.record["history"] as? [[String: Any]])
        #expect(history.compactMap { $0["restart"] as? Int } == [Int](repeating: 0, count: 150) + [4, 4, 4])
        // Rounds of steps are not written down one by one.
        #expect(output.events.count { $0 == "round_advanced" } < 900)
    }

    @Test func `workers that are killed in the middle of an epoch cost time, never the answer`() throws {
        let folder = try TestFolder()
        let run = try RunningCoterie(try arguments() + ["--workers", "3", "--min-workers", "3", "-o", folder("o")])
        for round in [20, 300] {
            RunOutput(folder("o")).waitForCheckpoint(afterRound: round)
            kill(try #require(run.workers.first), SIGKILL)
        }
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        ended.expectNothingLeft()
        #expect(try RunOutput(folder("o")).digest == Self.job.get().digest)
        #expect(RunOutput(folder("o")).events.contains("lost"))
    }

    @Test(arguments: [["--workers", "2"], ["--in-process"]])
    func `a coordinator that is killed goes on in the middle of an epoch`(fleet: [String]) throws {
        let job = fleet == ["--in-process"] ? try Self.longer.get() : try Self.job.get()
        let folder = try TestFolder()
        let run = try RunningCoterie(job.arguments + fleet + ["-o", folder("o")])
        RunOutput(folder("o")).waitForCheckpoint(afterRound: 300)
        run.send(SIGKILL)
        #expect(try run.end().status == -SIGKILL)
        let resumed = try CoterieProcess(["resume", folder("o"), "--workers", "2", "--json", "--no-progress"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        let output = RunOutput(folder("o"))
        #expect(try output.digest == job.digest)
        #expect(output.events.contains("resumed"))
        let history = try #require(try output.record["history"] as? [[String: Any]])
        #expect(history.compactMap { $0["iteration"] as? Int } == Array(1...job.epochs) + [1, 2, 3])
    }

    @Test func `a head predicts what it labelled`() throws {
        let job = try Self.job.get()
        let folder = try TestFolder()
        for fleet in [["--in-process"], ["--workers", "2"]] {
            let run = try CoterieProcess(
                ["predict", job.folder("alone/head.safetensors"), job.folder("x.npy"), "--block-rows", "64"] + fleet
                    + ["--overwrite", "-o", folder("p"), "--no-progress"]
            )
            #expect(run.status == 0, "\(run.errors)")
            for name in ["labels.npy", "probabilities.npy"] {
                #expect(try RunOutput(folder("p")).bytes(name) == RunOutput(job.folder("alone")).bytes(name), "\(name)")
            }
        }
        let wrong = try CoterieProcess(
            ["predict", job.folder("alone/head.safetensors"), SampleEmbeddings.digits, "-o", folder("q")]
        )
        #expect(wrong.status == 65 && wrong.errors.contains("64"))
        #expect(!FileManager.default.fileExists(atPath: folder("q")))
    }

    @Test func `given neighbours and other rows to label`() throws {
        let job = try Self.job.get()
        let folder = try TestFolder()
        let near = ["neighbors", job.folder("x.npy"), "-k", "6", "--block-rows", "100", "--no-progress"]
        #expect(try CoterieProcess(near + ["-o", folder("n")]).status == 0)
        let values = SampleEmbeddings.values(rows: 90, columns: Job.columns, centres: 4, seed: 1)
        try SampleEmbeddings.write(values, columns: Job.columns, to: folder("y.npy"))
        let all = Job.settings + ["--epochs", "150"]
        let own = all.enumerated().filter { ![2, 3].contains($0.offset) }.map(\.element)
        let given = ["scan", job.folder("x.npy")] + own + ["--neighbors-file", folder("n/neighbors.npy")]
        let same = try CoterieProcess(given + ["--workers", "2", "-o", folder("o")])
        #expect(same.status == 0, "\(same.errors)")
        #expect(try RunOutput(folder("o")).digest == job.digest)
        let applied = try CoterieProcess(given + ["--apply", folder("y.npy"), "--workers", "2", "-o", folder("a")])
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(
            try RunOutput(folder("a")).bytes("head.safetensors")
                == RunOutput(job.folder("alone")).bytes("head.safetensors")
        )
        #expect(try RunOutput(folder("a")).record["rows"] as? Int == 90)
        let mismatched = try CoterieProcess([
            "scan", folder("y.npy"), "-k", "3", "--neighbors-file", folder("n/neighbors.npy"), "-o", folder("m"),
        ])
        #expect(mismatched.status == 65)
    }

    @Test(arguments: [1, 3])
    func `neighbours chosen by views give the same bits for every fleet`(workers: Int) throws {
        let folder = try TestFolder()
        for (name, seed) in [("x", 1), ("strong", 7), ("weak", 8)] as [(String, UInt64)] {
            // The same points with other noise.
            let points = SampleEmbeddings.values(rows: 240, columns: 6, centres: 3)
            let noise = SampleEmbeddings.values(rows: 240, columns: 6, centres: 240, seed: seed)
            let values = zip(points, noise).map { $0 + 0.1 * $1 }
            try SampleEmbeddings.write(values, columns: 6, to: folder("\(name).npy"))
        }
        let given = [
            "scan", folder("x.npy"), "-k", "3", "--neighbors", "5", "--strong-view", folder("strong.npy"),
            "--weak-view",
            folder("weak.npy"), "--heads", "2", "--hidden", "4", "--epochs", "6", "--batch-size", "60", "--block-rows",
            "50", "--learning-rate", "0.02", "--no-progress",
        ]
        let alone = try CoterieProcess(given + ["--in-process", "-o", folder("alone")])
        #expect(alone.status == 0, "\(alone.errors)")
        let run = try CoterieProcess(given + ["--workers", "\(workers)", "-o", folder("o")])
        #expect(run.status == 0, "\(run.errors)")
        run.expectNothingLeft()
        #expect(try RunOutput(folder("o")).digest == RunOutput(folder("alone")).digest)
        let history = try #require(try RunOutput(folder("o")).record["history"] as? [[String: Any]])
        #expect(history.suffix(6).compactMap { $0["restart"] as? Int } == [Int](repeating: 3, count: 6))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder("o")).filter { $0.hasPrefix(".") }
        #expect(names == [".lock"])
    }
}
