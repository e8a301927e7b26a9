import Foundation
import Testing

@testable import coterie

/// What k-means says of its outcome: whether it came to rest, and what is odd about the clusters.
struct OutcomeTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    private func run(_ values: [Double], columns: Int, _ arguments: [String]) throws -> (CoterieProcess, RunOutput) {
        let data = try SampleEmbeddings.write(values, columns: columns, to: folder("d.npy"))
        let run = try CoterieProcess(
            ["kmeans", data, "--in-process", "--no-progress", "--overwrite", "-o", folder("o")] + arguments
        )
        #expect(run.status == 0, "\(run.errors)")
        return (run, RunOutput(folder("o")))
    }

    private func warnings(_ output: RunOutput) throws -> [String] {
        try output.record["warnings"] as? [String] ?? []
    }

    @Test func `a job that did not converge says so on the terminal, in its record and on its page`() throws {
        let values = SampleEmbeddings.values(rows: 900, columns: 8)
        let (run, output) = try run(values, columns: 8, ["-k", "9", "--max-iterations", "2", "--restarts", "3"])
        let sentence = "did not converge in 2 iterations; give more --max-iterations, or a --tolerance"
        #expect(run.errors == "coterie: warning: \(sentence)\n")
        #expect(run.output.contains(#/converged +no: stopped at the limit on iterations\n/#))
        #expect(try output.record["converged"] as? Bool == false)
        #expect(try warnings(output) == [sentence])
        let page = try output.text("report.html")
        #expect(page.contains(sentence))
        let restarts = try #require(try output.record["restarts"] as? [[String: Any]])
        #expect(restarts.compactMap { $0["ended"] as? String } == ["limit", "limit", "limit"])
        #expect(restarts.compactMap { $0["iterations"] as? Int } == [2, 2, 2])
        #expect(restarts.count { $0["kept"] as? Bool == true } == 1)
    }

    @Test(arguments: [([], "labels", "no label changed"), (["--tolerance", "0.5"], "tolerance", "the objective")])
    func `a job that converged says why`(arguments: [String], reason: String, words: String) throws {
        let values = SampleEmbeddings.values(rows: 300, columns: 8)
        let (run, output) = try run(values, columns: 8, ["-k", "3", "--restarts", "1"] + arguments)
        #expect(run.errors.isEmpty)
        #expect(run.output.contains("yes: \(words)"))
        #expect(try output.record["converged"] as? Bool == true)
        let restarts = try #require(try output.record["restarts"] as? [[String: Any]])
        #expect(restarts.first?["ended"] as? String == reason)
    }

    @Test(arguments: ["euclidean", "cosine"])
    func `fewer distinct rows than clusters are told`(metric: String) throws {
        let distinct = SampleEmbeddings.values(rows: 9, columns: 5)
        let values = (0..<10).flatMap { _ in distinct }
        let (run, output) = try run(values, columns: 5, ["-k", "10", "--metric", metric])
        #expect(run.errors.contains("coterie: warning: only 9 distinct rows for 10 clusters, of which 1 is empty; "))
        #expect(try warnings(output).count == 1)
    }

    @Test func `a row so far out that it owns a cluster is named by file and row`() throws {
        var values = SampleEmbeddings.values(rows: 500, columns: 4)
        values[123 * 4] = 1e6
        let (run, output) = try run(values, columns: 4, ["-k", "5", "--metric", "euclidean"])
        #expect(run.errors.contains("is one row far from all others: \(folder("d.npy")) row 123, of length 1,000,000 "))
        #expect(try warnings(output).count == 1)
        // A cluster of one row among its like is no such thing.
        values[123 * 4] = 9
        #expect(try self.run(values, columns: 4, ["-k", "5", "--metric", "euclidean"]).0.errors.isEmpty)
    }

    @Test func `restarts and seeding follow from the size of the job, and say so`() throws {
        let values = SampleEmbeddings.values(rows: 300, columns: 8)
        let (run, output) = try run(values, columns: 8, ["-k", "3"])
        #expect(run.output.contains(#/restarts +20, by the size of the job\n/#))
        let settings = try #require(try output.record["settings"] as? [String: Any])
        #expect(settings["restarts"] as? Int == 20 && settings["init"] as? String == "greedy-k-means++")
        #expect(try output.record["automatic"] as? [String] == ["init", "restarts"])
        // From given centroids every restart would be the same.
        let given = ["-k", "3", "--init", folder("o/centroids.npy")]
        try FileManager.default.moveItem(atPath: folder("o"), toPath: folder("first"))
        let again = try self.run(values, columns: 8, given.map { $0.replacing("/o/", with: "/first/") }).1
        #expect((try again.record["settings"] as? [String: Any])?["restarts"] as? Int == 1)
        #expect(try again.record["automatic"] == nil)
    }

    @Test func `the larger the job, the fewer restarts`() {
        func size(_ rows: Int, _ clusters: Int, _ dimensions: Int) -> KmeansSize {
            KmeansSize(rows: rows, clusters: clusters, dimensions: dimensions)
        }
        #expect(size(500, 10, 512).restarts == 20 && size(500, 10, 512).isGreedy)
        #expect(size(10_000, 10, 500).restarts == 20)
        #expect(size(10_000, 20, 500).restarts == 10)
        #expect(size(10_000, 40, 500).restarts == 5)
        #expect(size(10_000, 100, 500).restarts == 2)
        #expect(size(10_000, 200, 500).restarts == 1 && size(10_000, 200, 500).isGreedy)
        #expect(size(200_000, 1000, 512).restarts == 1 && !size(200_000, 1000, 512).isGreedy)
        // Each centre is a round of the fleet, however few the rows.
        #expect(size(2000, 1000, 10).restarts == 10)
        #expect(size(.max, .max, .max).restarts == 1)
    }

    // On a sample.

    @Test func `a sample is said, with both objectives`() throws {
        let values = SampleEmbeddings.values(rows: 900, columns: 8)
        let (run, output) = try run(values, columns: 8, ["-k", "5", "--sample", "200", "--seed", "4"])
        #expect(run.output.contains("centroids found on 200 of 900 rows; objective: the sample's "))
        let record = try output.record
        let sample = try #require(record["sample"] as? [String: Any])
        #expect(sample["rows"] as? Int == 200)
        #expect(sample["objective"] as? Double != record["objective"] as? Double)
        #expect(sample["objective_of_all_rows"] as? Double == record["objective"] as? Double)
        #expect((record["settings"] as? [String: Any])?["sample"] as? Int == 200)
        #expect(try output.text("report.html").contains("Sample: centroids found on 200 of 900 rows"))
        #expect(try output.bytes("labels.npy").count == 128 + 4 * 900)
        let whole = try self.run(values, columns: 8, ["-k", "5"]).1
        #expect(try whole.record["sample"] == nil)
    }

    @Test func `a sample gives the same bits for any fleet, and after a kill`() throws {
        let data = try SampleEmbeddings.write(
            SampleEmbeddings.values(rows: 4000, columns: 8),
            columns: 8,
            to: folder("d.npy")
        )
        let job = [
            "kmeans", data, "-k", "16", "--sample", "1500", "--init", "random", "--block-rows", "64", "--no-progress",
            "--restarts", "12",
        ]
        let alone = try CoterieProcess(job + ["--in-process", "-o", folder("alone")])
        try #require(alone.status == 0, "\(alone.errors)")
        let digest = try RunOutput(folder("alone")).digest
        for workers in [1, 2, 3, 5] {
            let output = folder("\(workers)")
            #expect(try CoterieProcess(job + ["--workers", "\(workers)", "-o", output]).status == 0)
            #expect(try RunOutput(output).digest == digest, "\(workers) workers")
        }
        let run = try RunningCoterie(job + ["--workers", "2", "-o", folder("killed")])
        RunOutput(folder("killed")).waitForRounds(20, workers: 2)
        run.send(SIGKILL)
        _ = try run.end()
        let resumed = try CoterieProcess(["resume", folder("killed"), "--workers", "3"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try RunOutput(folder("killed")).digest == digest)
    }
}
