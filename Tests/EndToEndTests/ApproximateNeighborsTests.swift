import Foundation
import Testing

/// `coterie neighbors --approximate` on fleets, with faults and without.
struct ApproximateNeighborsTests {
    private struct Job {
        let folder: TestFolder
        let arguments: [String]
        let digest: String
        let recall: [String: Double]

        init(rows: Int, columns: Int, _ settings: [String]) throws {
            folder = try TestFolder()
            let values = SampleEmbeddings.values(rows: rows, columns: columns, centres: 40)
            try SampleEmbeddings.write(values, columns: columns, to: folder("x.npy"))
            arguments =
                ["neighbors", folder("x.npy"), "-k", "20", "--approximate", "--no-progress", "--json"] + settings
            let run = try CoterieProcess(arguments + ["--in-process", "-o", folder("alone")])
            #expect(run.status == 0, "\(run.errors)")
            let output = RunOutput(folder("alone"))
            digest = try output.digest
            recall = try ApproximateNeighborsTests.recall(output)
        }
    }

    /// 63 blocks of 64 rows: two rounds of search after those that make the cells.
    private static let job = Result {
        try Job(rows: 4000, columns: 64, ["--cells", "60", "--block-rows", "64"])
    }

    /// To be disturbed: most cells are probed, so that it spends most of its time in the two rounds of search.
    private static let longJob = Result {
        try Job(rows: 24_000, columns: 160, ["--cells", "60", "--probes", "40", "--block-rows", "32"])
    }

    private static func recall(_ output: RunOutput) throws -> [String: Double] {
        try #require(output.record["recall"] as? [String: Double])
    }

    @Test(arguments: [1, 2, 3, 5])
    func `every fleet finds the same bits and says the same recall`(workers: Int) throws {
        let folder = try TestFolder()
        let run = try CoterieProcess(try Self.job.get().arguments + ["--workers", "\(workers)", "-o", folder("o")])
        #expect(run.status == 0, "\(run.errors)")
        run.expectNothingLeft()
        let output = RunOutput(folder("o"))
        #expect(try output.digest == Self.job.get().digest)
        #expect(output.results == ["neighbors.npy", "report.html", "run.json", "similarities.npy"])
        let recall = try Self.recall(output)
        #expect(try recall == Self.job.get().recall)
        let (lower, value, upper) = (
            try #require(recall["lower"]), try #require(recall["value"]), try #require(recall["upper"])
        )
        #expect(lower <= value && value <= upper && lower < upper && upper <= 1)
        #expect(recall["neighbors"] == 20 && recall["queries"] == 500 && recall["target"] == 0.99)
        #expect(recall["cells"] == 60 && recall["confidence"] == 0.95)
        #expect(run.errorLines.count == 1)
        let costs = try #require(try output.record["costs"] as? [String: [String: Int]])
        for figure in ["received_bytes", "sent_bytes", "spilled_bytes", "worker_bytes", "coordinator_bytes"] {
            let predicted = try #require(costs["predicted"]?[figure])
            let actual = try #require(costs["actual"]?[figure])
            #expect(predicted > 0 && actual > 0, "\(figure)")
        }
        #expect(run.errors.hasPrefix("coterie: note: recall@20 "))
        #expect(run.errors.contains("500 held-out rows"))
    }

    @Test func `a worker that is killed costs time, never the answer`() throws {
        let folder = try TestFolder()
        let run = try RunningCoterie(
            try Self.longJob.get().arguments + ["--workers", "3", "--min-workers", "3", "-o", folder("o")]
        )
        RunOutput(folder("o")).waitForLists()
        kill(try #require(run.workers.first), SIGKILL)
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try RunOutput(folder("o")).digest == Self.longJob.get().digest)
        #expect(RunOutput(folder("o")).events.contains("lost"))
    }

    @Test func `Ctrl-C finishes the round, and resume goes on to the same bits`() throws {
        let folder = try TestFolder()
        let run = try RunningCoterie(try Self.longJob.get().arguments + ["--workers", "2", "-o", folder("o")])
        RunOutput(folder("o")).waitForLists()
        run.send(SIGINT)
        let stopped = try run.end()
        try #require(stopped.status == 75, "\(stopped.errors)")
        let resumed = try CoterieProcess(["resume", folder("o"), "--json", "--no-progress"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try RunOutput(folder("o")).digest == Self.longJob.get().digest)
        #expect(try Self.recall(RunOutput(folder("o"))) == Self.longJob.get().recall)
        #expect(RunOutput(folder("o")).names.filter { $0.hasPrefix(".") } == [".lock"])
    }

    @Test func `a coordinator that is killed in the search goes on to the same bits`() throws {
        let folder = try TestFolder()
        let run = try RunningCoterie(try Self.longJob.get().arguments + ["--workers", "2", "-o", folder("o")])
        RunOutput(folder("o")).waitForLists(ofRounds: 1)
        run.send(SIGKILL)
        #expect(try run.end().status == -SIGKILL)
        let resumed = try CoterieProcess(["resume", folder("o"), "--workers", "3", "--json", "--no-progress"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try RunOutput(folder("o")).digest == Self.longJob.get().digest)
        #expect(try Self.recall(RunOutput(folder("o"))) == Self.longJob.get().recall)
    }

    @Test func `with all cells probed the files are those of the exact search`() throws {
        let folder = try TestFolder()
        let values = SampleEmbeddings.values(rows: 300, columns: 12)
        try SampleEmbeddings.write(values, columns: 12, to: folder("x.npy"))
        try SampleEmbeddings.write(Array(values.prefix(7 * 12)), columns: 12, to: folder("c.npy"))
        for metric in ["cosine", "euclidean"] {
            let search = ["neighbors", folder("x.npy"), "-k", "7", "--metric", metric, "--no-progress", "--overwrite"]
            let exact = try CoterieProcess(search + ["--in-process", "-o", folder("o")])
            #expect(exact.status == 0, "\(exact.errors)")
            let digest = try RunOutput(folder("o")).digest
            for cells in [["--cells", "7"], ["--centroids", folder("c.npy")]] {
                let run = try CoterieProcess(
                    search + ["--approximate", "--probes", "7", "--in-process", "-o", folder("a")] + cells
                )
                #expect(run.status == 0, "\(run.errors)")
                #expect(try RunOutput(folder("a")).digest == digest)
            }
        }
    }
}
