import Foundation
import Shards
import Testing

struct InspectTests {
    /// Two files of rows that differ, `emb_2` before `emb_10`, and something else.
    private func sound() throws -> TestFolder {
        let folder = try TestFolder()
        try folder.write("notes", "data/notes.txt")
        try NumpyWriter.write([3, 4, 0, 2] as [Float], rows: 2, columns: 2, to: folder("data/emb_2.npy"))
        try NumpyWriter.write([0, 0.5] as [Float], rows: 1, columns: 2, to: folder("data/emb_10.npy"))
        return folder
    }

    @Test func `a sound folder is described`() throws {
        let folder = try sound()
        let run = try CoterieProcess(["inspect", folder("data"), "--json"])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        let json = try run.json()
        #expect(json["rows"] as? Int == 3)
        #expect(json["dimensions"] as? Int == 2)
        #expect(json["dtype"] as? String == "<f4")
        #expect(json["layout"] as? String == "folder")
        #expect(json["ignored"] as? [String] == ["notes.txt"])
        #expect((json["problems"] as? [Any])?.isEmpty == true)
        let files = try #require(json["files"] as? [[String: Any]])
        #expect(files.compactMap { $0["path"] as? String } == ["emb_2.npy", "emb_10.npy"].map { folder("data/\($0)") })
        #expect(files.compactMap { $0["rows"] as? Int } == [2, 1])
        #expect(files.allSatisfy { $0["format"] as? String == "npy" && ($0["bytes"] as? Int ?? 0) > 128 })
        let norms = try #require(json["norms"] as? [String: Double])
        #expect(norms == ["least": 0.5, "mean": 2.5, "greatest": 5])
    }

    @Test func `without --json there is a table`() throws {
        let folder = try sound()
        let run = try CoterieProcess(["inspect", folder("data"), "-k", "1000", "--workers", "2"])
        #expect(run.status == 0)
        #expect(run.output.contains("emb_10.npy"))
        #expect(run.output.contains("norms       0.5 to 5, mean 2.5\n"))
        #expect(run.output.contains("ignored     notes.txt\n"))
        #expect(run.output.contains("memory      93.81 KiB for each of 2 workers, k-means with K = 1000\n"))
        #expect(run.output.contains("78.12 KiB for the coordinator\n"))
        #expect(run.output.hasSuffix("problems    none\n"))
    }

    @Test func `what is wrong is named with its rows, and ends with 65`() throws {
        let folder = try TestFolder()
        let rows: [[Float]] = [[1, 2], [.nan, 0], [0, 0], [1, 2], [3, .infinity], [0, 0], [1, 2]]
        try NumpyWriter.write(rows.flatMap(\.self), rows: 7, columns: 2, to: folder("d.npy"))
        let run = try CoterieProcess(["inspect", folder("d.npy"), "--json", "--block-rows", "2"])
        #expect(run.status == 65)
        let remedy = "remove or repair those listed on standard output"
        #expect(run.errorLines == ["coterie: unusable rows: \(folder("d.npy")); \(remedy)"])
        let problems = try #require(try run.json()["problems"] as? [[String: Any]])
        #expect(problems.compactMap { $0["kind"] as? String } == ["non_finite", "zero", "duplicate_rows"])
        #expect(problems.compactMap { $0["count"] as? Int } == [2, 2, 3])
        #expect(problems[0]["rows"] as? [Int] == [1, 4])
        #expect(problems[1]["rows"] as? [Int] == [2, 5])
        let pairs = try #require(problems[2]["pairs"] as? [[String: Int]])
        #expect(pairs == [["row": 3, "earlier": 0], ["row": 5, "earlier": 2], ["row": 6, "earlier": 0]])
    }

    @Test func `a row is found in its file`() throws {
        let folder = try sound()
        try NumpyWriter.write([1, .nan] as [Float], rows: 1, columns: 2, to: folder("data/emb_11.npy"))
        let run = try CoterieProcess(["inspect", folder("data")])
        #expect(run.status == 65)
        #expect(run.output.contains("rows 3 (the first is row 0 of \(folder("data/emb_11.npy")))"))
    }

    @Test func `of many problems the first ten are named`() throws {
        let folder = try TestFolder()
        try NumpyWriter.write([Float](repeating: 1, count: 40), rows: 20, columns: 2, to: folder("d.npy"))
        let run = try CoterieProcess(["inspect", folder("d.npy"), "--json"])
        let problems = try #require(try run.json()["problems"] as? [[String: Any]])
        #expect(problems.count == 1)
        #expect(problems.first?["count"] as? Int == 19)
        #expect((problems.first?["pairs"] as? [Any])?.count == 10)
    }

    @Test func `identical files are named`() throws {
        let folder = try sound()
        try FileManager.default.copyItem(atPath: folder("data/emb_2.npy"), toPath: folder("data/emb_3.npy"))
        let run = try CoterieProcess(["inspect", folder("data")])
        #expect(run.status == 0)
        #expect(run.output.contains("2 identical files: \(folder("data/emb_2.npy")), \(folder("data/emb_3.npy"))"))
        #expect(run.output.contains("2 duplicate rows: 2 = 0, 3 = 1\n"))
    }

    @Test func `no data and damaged data have their codes`() throws {
        let folder = try TestFolder()
        try folder.write("no matrix", "d.npy")
        #expect(try CoterieProcess(["inspect", folder("none.npy")]).status == 66)
        let damaged = try CoterieProcess(["inspect", folder("d.npy")])
        #expect(damaged.status == 65)
        #expect(damaged.errorLines.count == 1)
        #expect(damaged.output.isEmpty)
    }
}
