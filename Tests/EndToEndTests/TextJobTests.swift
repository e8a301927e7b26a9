import Foundation
import Shards
import Testing

/// Text-aided clustering by real processes.
struct TextJobTests {
    private static let arrays = ["centroids.npy", "labels.npy", "nouns.npy", "text.npy"]
    private static let texts = ["clusters.json", "nouns.json", "nouns.txt"]

    private func expectSame(_ output: RunOutput, _ expected: RunOutput) throws {
        #expect(try output.digest == expected.digest)
        for name in Self.arrays + Self.texts {
            #expect(try output.bytes(name) == expected.bytes(name), "\(name)")
        }
        #expect(output.results == expected.results)
    }

    @Test(arguments: ["tac", "gradnorm", "sic"])
    func `every number of workers gives the same bits`(filter: String) throws {
        let sample = try TextSample()
        let alone = try CoterieProcess(
            sample.arguments(["--filter", filter, "--in-process", "-o", sample.folder("alone")])
        )
        try #require(alone.status == 0, "\(alone.errors)")
        let expected = sample.output("alone")
        #expect(Set(expected.results).isSuperset(of: Self.arrays + Self.texts + ["run.json", "report.html"]))
        for workers in filter == "tac" ? [1, 2, 3, 5] : [2] {
            let folder = "\(workers)"
            let run = try CoterieProcess(
                sample.arguments(["--filter", filter, "--workers", folder, "-o", sample.folder(folder)])
            )
            try #require(run.status == 0, "\(run.errors)")
            run.expectNothingLeft()
            try expectSame(sample.output(folder), expected)
        }
        let report = String(decoding: try expected.bytes("report.html"), as: UTF8.self)
        #expect(report.contains("<th scope=\"col\">Nouns</th>"))
    }

    @Test func `a worker that is killed costs time, never the answer`() throws {
        let sample = try TextSample()
        let arguments = sample.arguments(["--restarts", "60"])
        let alone = try CoterieProcess(arguments + ["--in-process", "-o", sample.folder("alone")])
        try #require(alone.status == 0, "\(alone.errors)")
        let run = try RunningCoterie(arguments + ["--workers", "3", "--min-workers", "3", "-o", sample.folder("o")])
        let output = sample.output("o")
        output.waitForRounds(40, workers: 3)
        kill(try #require(run.workers.first), SIGKILL)
        let end = try run.end()
        #expect(end.status == 0, "\(end.errors)")
        end.expectNothingLeft()
        #expect(output.events.contains("lost"))
        try expectSame(output, sample.output("alone"))
    }

    /// Before the counterparts are there, and after.
    @Test(arguments: [false, true])
    func `a coordinator that is killed goes on with the stage it was at`(isLate: Bool) throws {
        let sample = try TextSample(images: 1500)
        let arguments = sample.arguments(["--centres", "40", "--restarts", "60"])
        let alone = try CoterieProcess(arguments + ["--in-process", "-o", sample.folder("alone")])
        try #require(alone.status == 0, "\(alone.errors)")
        let folder = sample.folder("o")
        let run = try RunningCoterie(arguments + ["--workers", "2", "-o", folder])
        let isThere = eventually {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.contains { $0.hasPrefix(".model-") } && names.contains(".text.npy") == isLate
        }
        #expect(isThere)
        kill(run.identifier, SIGKILL)
        _ = try run.end()
        #expect(!FileManager.default.fileExists(atPath: folder + "/text.npy"))
        let resumed = try CoterieProcess(["resume", folder, "--workers", "3", "--no-progress"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        try expectSame(sample.output("o"), sample.output("alone"))
        let hidden = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(".") }
        #expect(hidden == [".lock"])
    }

    @Test(arguments: [["--in-process"], ["--workers", "2"]])
    func `the truth is that of the applied rows and compared when the labels have their name`(fleet: [String]) throws {
        let sample = try TextSample()
        // What is there to begin with would be measured otherwise: before the end only its form is looked at.
        try FileManager.default.createDirectory(atPath: sample.folder("o"), withIntermediateDirectories: true)
        let labels = sample.folder("o/labels.npy")
        try NumpyWriter.write([Int32](repeating: 0, count: 150), to: labels)
        let run = try CoterieProcess(
            sample.arguments(fleet + ["--overwrite", "-o", sample.folder("o"), "--truth", labels, "--json"])
        )
        #expect(run.status == 0, "\(run.errors)")
        let record = try run.json()
        let metrics = try #require(record["metrics"] as? [String: Any])
        #expect(metrics["acc"] as? Double == 1)
        #expect(record["rows"] as? Int == 150)
        let inputs = try #require(record["inputs"] as? [[String: Any]])
        let names = inputs.compactMap { ($0["path"] as? String)?.split(separator: "/").last.map(String.init) }
        #expect(names == ["applied.npy", "images.npy", "nouns.npy", "nouns.txt"])
    }

    @Test func `embeddings of two kinds, names that do not fit and rows that cannot be used are bad data`() throws {
        let sample = try TextSample()
        let values = SampleEmbeddings.values(rows: 150, columns: 12, centres: 6)
        try SampleEmbeddings.write(values, columns: 10, to: sample.folder("narrow.npy"))
        try SampleEmbeddings.write(
            [Double](repeating: 0, count: 12) + values,
            columns: 12,
            to: sample.folder("zero.npy")
        )
        try sample.folder.write("one\n", "few.txt")
        for wrong in [
            ["--apply", sample.folder("narrow.npy")], ["--names", sample.folder("few.txt")],
            ["--apply", sample.folder("zero.npy")], ["-k", "151"],
        ] {
            let run = try CoterieProcess(sample.arguments(wrong + ["--in-process", "-o", sample.folder("o")]))
            run.expectFailure(65, "\(wrong)")
            #expect(!FileManager.default.fileExists(atPath: sample.folder("o")))
        }
        let none = try CoterieProcess(sample.arguments(["--names", "none.txt", "-o", sample.folder("o")]))
        none.expectFailure(66)
    }

    @Test func `names that repeat are chosen once`() throws {
        let sample = try TextSample()
        let chosen = { (more: [String]) throws -> [Substring] in
            let folder = "o\(more.count)"
            let run = try CoterieProcess(
                sample.arguments(["--per-centre", "90", "--in-process", "-o", sample.folder(folder)] + more)
            )
            #expect(run.status == 0, "\(run.errors)")
            let text = String(decoding: try sample.output(folder).bytes("nouns.txt"), as: UTF8.self)
            return text.split(separator: "\n")
        }
        #expect(try chosen([]).count { $0 == "twice" } == 1)
        #expect(try chosen(["--keep-duplicates"]).count { $0 == "twice" } == 3)
    }
}
