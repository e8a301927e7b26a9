import Foundation
import Tensors
import Testing

/// `coterie neighbors` on fleets, with faults and without.
struct NeighborsTests {
    /// 375 blocks of 32 rows, 38 bands of two rounds each: some seconds of work, most of it at the end of rounds.
    private struct Job {
        static let columns = 160
        let folder: TestFolder
        let digest: String

        static let arguments = ["-k", "20", "--block-rows", "32", "--no-progress", "--json"]
    }

    private static let job = Result {
        let folder = try TestFolder()
        let values = SampleEmbeddings.values(rows: 12_000, columns: Job.columns)
        try SampleEmbeddings.write(values, columns: Job.columns, to: folder("x.npy"))
        let run = try CoterieProcess(
            ["neighbors", folder("x.npy")] + Job.arguments + ["--in-process", "-o", folder("alone")]
        )
        #expect(run.status == 0, "\(run.errors)")
        return Job(folder: folder, digest: try RunOutput(folder("alone")).digest)
    }

    private func arguments() throws -> [String] {
        ["neighbors", try Self.job.get().folder("x.npy")] + Job.arguments
    }

    @Test(arguments: [1, 2, 3, 5])
    func `every fleet finds the same bits`(workers: Int) throws {
        let folder = try TestFolder()
        let run = try CoterieProcess(try arguments() + ["--workers", "\(workers)", "-o", folder("o")])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.isEmpty)
        run.expectNothingLeft()
        let output = RunOutput(folder("o"))
        #expect(try output.digest == Self.job.get().digest)
        #expect(output.results == ["neighbors.npy", "report.html", "run.json", "similarities.npy"])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder("o")).filter { $0.hasPrefix(".") }
        #expect(names == [".lock"])
        let costs = try #require(try output.record["costs"] as? [String: [String: Int]])
        for figure in ["received_bytes", "sent_bytes", "spilled_bytes", "worker_bytes", "coordinator_bytes"] {
            let (predicted, actual) = (
                try #require(costs["predicted"]?[figure]), try #require(costs["actual"]?[figure])
            )
            #expect(predicted > 0 && actual > 0, "\(figure)")
        }
    }

    @Test func `workers that are killed cost time, never the answer`() throws {
        let folder = try TestFolder()
        let run = try RunningCoterie(
            try arguments() + ["--workers", "3", "--min-workers", "3", "-o", folder("o")]
        )
        for bands in [1, 3] {
            RunOutput(folder("o")).waitForLists(ofRounds: bands)
            kill(try #require(run.workers.first), SIGKILL)
        }
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        ended.expectNothingLeft()
        #expect(try RunOutput(folder("o")).digest == Self.job.get().digest)
        #expect(RunOutput(folder("o")).events.contains("lost"))
    }

    @Test(arguments: [["--workers", "2"], ["--in-process", "--threads", "1"]])
    func `a coordinator that is killed goes on with the bands that are left`(fleet: [String]) throws {
        let folder = try TestFolder()
        let run = try RunningCoterie(try arguments() + fleet + ["-o", folder("o")])
        // After the survey and three bands at least.
        RunOutput(folder("o")).waitForCheckpoint(afterRound: 7)
        run.send(SIGKILL)
        #expect(try run.end().status == -SIGKILL)
        let resumed = try CoterieProcess(["resume", folder("o"), "--workers", "2", "--json", "--no-progress"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try RunOutput(folder("o")).digest == Self.job.get().digest)
        let events = try String(contentsOfFile: folder("o/events.jsonl"), encoding: .utf8)
        let rounds = try #require(events.firstMatch(of: #/after round (\d+)/#)).output.1
        #expect(try #require(Int(rounds)) > 6, "bands were not kept")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder("o")).filter { $0.hasPrefix(".") }
        #expect(names == [".lock"])
    }

    @Test func `Ctrl-C finishes the band, and no finished band is searched again`() throws {
        let folder = try TestFolder()
        let run = try RunningCoterie(try arguments() + ["--workers", "2", "-o", folder("o")])
        RunOutput(folder("o")).waitForLists(ofRounds: 5)
        run.send(SIGINT)
        let stopped = try run.end()
        try #require(stopped.status == 75, "\(stopped.errors)")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder("o"))
        #expect(!left.contains { $0.contains("partial") || $0.hasSuffix(".npy") })
        let before = try #require(try RunOutput(folder("o")).record["history"] as? [[String: Any]]).count
        #expect(before >= 3)
        let resumed = try CoterieProcess(["resume", folder("o"), "--json", "--no-progress"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        let record = try RunOutput(folder("o")).record
        #expect(record["digest"] as? String == (try Self.job.get().digest))
        let bands = try #require(record["history"] as? [[String: Any]]).compactMap { $0["iteration"] as? Int }
        #expect(bands == Array(1...38))
        let events = try String(contentsOfFile: folder("o/events.jsonl"), encoding: .utf8)
        // After the survey, and two rounds of each band but perhaps the last.
        #expect(events.contains("after round \(2 * before)") || events.contains("after round \(2 * before + 1)"))
    }

    @Test(
        arguments: [("cosine", .float64), ("euclidean", .float16), ("inner-product", .float32)]
            as [(String, SampleEmbeddings.Element)]
    )
    func `every metric gives the same bits for every fleet`(
        metric: String,
        element: SampleEmbeddings.Element
    ) throws {
        let folder = try TestFolder()
        let values = SampleEmbeddings.values(rows: 300, columns: 12)
        try SampleEmbeddings.write(values, columns: 12, as: element, to: folder("x.npy"))
        try SampleEmbeddings.write(Array(values.prefix(50 * 12)), columns: 12, as: element, to: folder("q.npy"))
        for more in [[], ["--include-self"], ["--queries", folder("q.npy")]] {
            var digests: Set<String> = []
            for fleet in [["--in-process"], ["--workers", "3"]] {
                let run = try CoterieProcess(
                    ["neighbors", folder("x.npy"), "-k", "7", "--metric", metric, "--block-rows", "32", "--overwrite"]
                        + more + fleet + ["--no-progress", "-o", folder("o")]
                )
                try #require(run.status == 0, "\(run.errors)")
                digests.insert(try RunOutput(folder("o")).digest)
            }
            #expect(digests.count == 1)
            let rows = more.count == 2 ? 50 : 300
            let values = metric == "euclidean" ? "distances.npy" : "similarities.npy"
            for (name, type) in [("neighbors.npy", "<i4"), (values, "<f4")] {
                let bytes = try RunOutput(folder("o")).bytes(name)
                let header = String(decoding: bytes.prefix(128), as: UTF8.self)
                #expect(header.contains("'descr': '\(type)', 'fortran_order': False, 'shape': (\(rows), 7)"))
            }
        }
    }

    @Test(arguments: ["cosine", "euclidean", "inner-product"])
    func `every kernel gives the same bits, near ties and equal rows too`(metric: String) throws {
        let folder = try TestFolder()
        // Rows that differ by some units in the last place of float32, and each of the last ones twice.
        let values = SampleEmbeddings.values(rows: 200, columns: 24).map { 1 + ($0 * 64).rounded() * 0x1p-20 }
        try SampleEmbeddings.write(values + values.suffix(40 * 24), columns: 24, as: .float32, to: folder("x.npy"))
        var digests: Set<String> = []
        for kernel in KernelPath.allCases where kernel.isAvailable {
            for more in [[], ["--approximate", "--cells", "6", "--probes", "6"]] {
                if metric == "inner-product" && !more.isEmpty { continue }
                let run = try CoterieProcess(
                    ["neighbors", folder("x.npy"), "-k", "9", "--metric", metric, "--block-rows", "64", "--overwrite"]
                        + more + ["--in-process", "--no-progress", "-o", folder("o")],
                    environment: ["COTERIE_KERNEL": kernel.rawValue]
                )
                try #require(run.status == 0, "\(run.errors)")
                digests.insert(try RunOutput(folder("o")).digest)
            }
        }
        #expect(digests.count == 1)
    }

    @Test func `rows of float64 that lie far from zero are told apart`() throws {
        let folder = try TestFolder()
        let (rows, columns, k) = (150, 16, 4)
        let values = SampleEmbeddings.values(rows: rows, columns: columns).map { $0 + 1e8 }
        try SampleEmbeddings.write(values, columns: columns, as: .float64, to: folder("x.npy"))
        try SampleEmbeddings.write(
            Array(values.prefix(30 * columns)),
            columns: columns,
            as: .float64,
            to: folder("q.npy")
        )
        let nearest = (0..<rows).map { row -> [Int32] in
            let distances = (0..<rows).map { other in
                (0..<columns).reduce(0.0) { sum, column in
                    let difference = values[row * columns + column] - values[other * columns + column]
                    return sum + difference * difference
                }
            }
            return (0..<rows).sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(k + 1).map { Int32($0) }
        }
        for (more, lists) in [
            ([], nearest.map { $0.dropFirst() }),
            (["--queries", folder("q.npy")], nearest.prefix(30).map { $0.dropLast() }),
        ] {
            for fleet in [["--in-process"], ["--workers", "2"]] {
                let run = try CoterieProcess(
                    ["neighbors", folder("x.npy"), "-k", "\(k)", "--metric", "euclidean", "--block-rows", "32"] + more
                        + fleet + ["--overwrite", "--no-progress", "-o", folder("o")]
                )
                try #require(run.status == 0, "\(run.errors)")
                let bytes = try RunOutput(folder("o")).bytes("neighbors.npy").dropFirst(128)
                let found = unsafe bytes.withUnsafeBytes { unsafe Array($0.bindMemory(to: Int32.self)) }
                #expect(found == lists.flatMap { $0 })
            }
        }
    }

    @Test(arguments: [[], ["--approximate", "--cells", "50", "--probes", "5"]])
    func `the traffic of a fleet of two is what was predicted`(way: [String]) throws {
        let folder = try TestFolder()
        let run = try CoterieProcess(
            ["neighbors", try Self.job.get().folder("x.npy"), "-k", "20", "--block-rows", "256", "--json"] + way
                // A worker that is taken for lost and comes back is sent everything again.
                + ["--workers", "2", "--min-workers", "2", "--suspicion", "60", "--no-progress", "-o", folder("o")]
        )
        #expect(run.status == 0, "\(run.errors)")
        let costs = try #require(try run.json()["costs"] as? [String: [String: Int]])
        for (figure, tolerance) in Self.tolerances {
            let predicted = try #require(costs["predicted"]?[figure])
            let actual = try #require(costs["actual"]?[figure])
            #expect(abs(Double(actual) / Double(predicted) - 1) < tolerance, "\(figure): \(actual) of \(predicted)")
        }
    }

    /// What arrives depends on how many leases there were, and so on how fast which worker was.
    private static let tolerances = [("sent_bytes", 0.05), ("received_bytes", 0.2)]

    @Test func `what cannot be searched is refused before work starts`() throws {
        let folder = try TestFolder()
        try SampleEmbeddings.write(SampleEmbeddings.values(rows: 40, columns: 4), columns: 4, to: folder("x.npy"))
        try SampleEmbeddings.write([1, 2, 0, 0, 5, 6], columns: 2, to: folder("zero.npy"))
        let cases: [([String], Int32, String)] = [
            (["x.npy", "-k", "40"], 65, "ask for at most 39"),
            (["x.npy", "-k", "41", "--include-self"], 65, "ask for at most 40"),
            (["none.npy"], 66, "none.npy"),
            (["x.npy", "-k", "3", "--queries", "none.npy"], 66, "none.npy"),
            (["x.npy", "-k", "3", "--queries", "zero.npy"], 65, "queries of 2 columns, rows of 4"),
            (["zero.npy", "-k", "2"], 65, "zero.npy row 1"),
            (["x.npy", "-k", "2", "-o", "x.npy"], 73, "x.npy"),
        ]
        for (arguments, status, says) in cases {
            let output = arguments.contains("-o") ? [] : ["-o", "o"]
            let run = try CoterieProcess(
                ["neighbors"] + arguments + output + ["--workers", "2", "--no-progress"],
                in: folder.path
            )
            run.expectFailure(status, "\(arguments)")
            #expect(run.errors.contains(says), "\(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder("o")))
        }
    }
}
