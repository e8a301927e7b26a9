import Foundation
import Shards
import Testing

/// Text-aided clustering with trained heads, by real processes.
struct TextTrainingTests {
    private static let results = [
        "clusters.json", "head.safetensors", "labels.npy", "nouns.json", "nouns.npy", "nouns.txt", "probabilities.npy",
        "report.html", "run.json", "text.npy",
    ]

    /// One run in one process for all tests of a way to train.
    private struct Job {
        let sample: TextSample
        let arguments: [String]
        let output: RunOutput
        /// As its record tells them.
        let iterations: [Int]

        init(_ way: [String], epochs: Int = 4, restarts: Int = 3) throws {
            sample = try TextSample()
            arguments = sample.trained(way, epochs: epochs, restarts: restarts)
            let run = try CoterieProcess(arguments + ["--in-process", "-o", sample.folder("alone")])
            #expect(run.status == 0, "\(run.errors)")
            output = sample.output("alone")
            iterations = (0..<restarts).flatMap { _ in 1...epochs }
        }
    }

    private static let drawn = Result { try Job(["--batch-size", "150"]) }
    private static let expected = Result { try Job([]) }
    /// Of hundreds of rounds an epoch, so that whenever it is disturbed it is in the middle of one.
    private static let long = Result { try Job(["--batch-size", "8"], epochs: 6, restarts: 2) }
    /// For one process, which waits for nobody.
    private static let longer = Result { try Job(["--batch-size", "8"], epochs: 120, restarts: 2) }

    private func expectSame(_ output: RunOutput, _ expected: RunOutput) throws {
        #expect(try output.digest == expected.digest)
        #expect(output.results == Self.results)
        for name in Self.results where !["report.html", "run.json"].contains(name) {
            #expect(try output.bytes(name) == expected.bytes(name), "\(name)")
        }
        let hidden = try FileManager.default.contentsOfDirectory(atPath: output.folder).filter { $0.hasPrefix(".") }
        #expect(hidden == [".lock"])
    }

    @Test(arguments: [1, 2, 3, 5])
    func `every number of workers trains the same bits`(workers: Int) throws {
        let jobs = [try Self.drawn.get()] + (workers == 2 ? [try Self.expected.get()] : [])
        for job in jobs {
            let folder = "\(workers)"
            let run = try CoterieProcess(
                job.arguments + ["--workers", "\(workers)", "-o", job.sample.folder(folder)]
            )
            try #require(run.status == 0, "\(run.errors)")
            #expect(run.errors.isEmpty)
            run.expectNothingLeft()
            try expectSame(job.sample.output(folder), job.output)
        }
    }

    @Test func `restarts are compared without a truth, and that is written down`() throws {
        let job = try Self.expected.get()
        let restarts = try #require(try job.output.record["restarts"] as? [[String: Any]])
        #expect(restarts.compactMap { $0["restart"] as? Int } == [0, 1, 2])
        for restart in restarts {
            let agreement = try #require(restart["agreement"] as? Double)
            #expect((-0.5...1).contains(agreement))
            #expect(restart["objective"] is Double)
            #expect(try #require(restart["balance_gap"] as? Double) >= 0)
        }
        let history = try #require(try job.output.record["history"] as? [[String: Any]])
        #expect(history.compactMap { $0["iteration"] as? Int } == Array(1...4) + Array(1...4) + Array(1...4))
    }

    @Test func `the head predicts what it labelled`() throws {
        let job = try Self.expected.get()
        let run = try CoterieProcess([
            "predict", job.sample.folder("alone/head.safetensors"), job.sample.folder("applied.npy"), "--block-rows",
            "32", "--in-process", "--no-progress", "-o", job.sample.folder("predicted"),
        ])
        #expect(run.status == 0, "\(run.errors)")
        for name in ["labels.npy", "probabilities.npy"] {
            #expect(try job.sample.output("predicted").bytes(name) == job.output.bytes(name), "\(name)")
        }
    }

    /// By the file that is there once the stage has begun: the searches in both spaces, and the training.
    @Test(arguments: [".text.npy", ".tac-images-neighbors.npy", ".tac-text-neighbors.npy"])
    func `a coordinator that is killed goes on with the stage it was at`(file: String) throws {
        let job = try Self.drawn.get()
        let name = "killed" + file
        let folder = job.sample.folder(name)
        let run = try RunningCoterie(job.arguments + ["--workers", "2", "-o", folder])
        #expect(eventually { FileManager.default.fileExists(atPath: "\(folder)/\(file)") })
        run.send(SIGKILL)
        _ = try run.end()
        #expect(!FileManager.default.fileExists(atPath: folder + "/labels.npy"))
        let resumed = try CoterieProcess(["resume", folder, "--workers", "3", "--no-progress"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        try expectSame(job.sample.output(name), job.output)
    }

    /// Waits until a run of the long job has trained for some rounds, which a checkpoint is after.
    /// - Returns: the round after which that or an earlier one is.
    private func waitForTraining(_ output: RunOutput, rounds: Int) -> Int {
        #expect(eventually { FileManager.default.fileExists(atPath: output.folder + "/.tac-text-neighbors.npy") })
        let round = output.checkpointedRound + rounds
        output.waitForCheckpoint(afterRound: round)
        return round
    }

    @Test func `workers that are killed in the middle of an epoch cost time, never the answer`() throws {
        let job = try Self.long.get()
        let output = job.sample.output("bereft")
        let run = try RunningCoterie(
            job.arguments + ["--workers", "3", "--min-workers", "3", "-o", output.folder]
        )
        for rounds in [100, 300] {
            _ = waitForTraining(output, rounds: rounds)
            kill(try #require(run.workers.first), SIGKILL)
        }
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        ended.expectNothingLeft()
        #expect(output.events.count { $0 == "lost" } == 2)
        try expectSame(output, job.output)
    }

    @Test(arguments: [["--workers", "2"], ["--in-process"]])
    func `a coordinator that is killed goes on in the middle of an epoch`(fleet: [String]) throws {
        let job = fleet == ["--in-process"] ? try Self.longer.get() : try Self.long.get()
        let output = job.sample.output("killed-in-training-\(fleet.count)")
        let run = try RunningCoterie(job.arguments + fleet + ["-o", output.folder])
        let round = waitForTraining(output, rounds: 300)
        run.send(SIGKILL)
        #expect(try run.end().status == -SIGKILL)
        #expect(!FileManager.default.fileExists(atPath: output.folder + "/labels.npy"))
        let resumed = try CoterieProcess(["resume", output.folder, "--workers", "2", "--no-progress"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        try expectSame(output, job.output)
        let events = String(decoding: try output.bytes("events.jsonl"), as: UTF8.self)
        let resumedAfter = try #require(events.firstMatch(of: #/after round (\d+)/#)).output.1
        #expect(try #require(Int(resumedAfter)) >= round, "steps were not kept")
        let history = try #require(try output.record["history"] as? [[String: Any]])
        #expect(history.compactMap { $0["iteration"] as? Int } == job.iterations)
    }

    @Test(arguments: [["--in-process"], ["--workers", "2"]])
    func `the truth is that of the applied rows and compared when the labels have their name`(fleet: [String]) throws {
        let job = try Self.drawn.get()
        let folder = try TestFolder()
        // What is there to begin with would be measured otherwise: before the end only its form is looked at.
        try FileManager.default.createDirectory(atPath: folder("o"), withIntermediateDirectories: true)
        try NumpyWriter.write([Int32](repeating: 0, count: 150), to: folder("o/labels.npy"))
        let run = try CoterieProcess(
            job.arguments + fleet
                + ["--overwrite", "-o", folder("o"), "--truth", folder("o/labels.npy"), "--json"]
        )
        #expect(run.status == 0, "\(run.errors)")
        let record = try run.json()
        #expect((record["metrics"] as? [String: Any])?["acc"] as? Double == 1)
        #expect(record["rows"] as? Int == 150)
        #expect(try RunOutput(folder("o")).digest == job.output.digest)
    }

    @Test func `rows and settings that cannot be are refused before there is a folder`() throws {
        let sample = try TextSample(images: 40)
        for (wrong, status) in [
            (["--neighbors", "40"], Int32(65)), (["-k", "41"], 65), (["--apply", "none.npy"], 66),
        ] {
            let run = try CoterieProcess(sample.trained(wrong + ["--in-process", "-o", sample.folder("o")]))
            run.expectFailure(status, "\(wrong)")
            #expect(!FileManager.default.fileExists(atPath: sample.folder("o")))
        }
    }
}
