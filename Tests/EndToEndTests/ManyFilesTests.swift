import Foundation
import Testing

/// Folders of more files than fit a message by their names.
struct ManyFilesTests {
    private static let path = "/proc/self/cwd/data"

    /// Files of two rows with names so long that a list of them is longer than a message may be.
    private func write(_ count: Int, into folder: TestFolder, _ name: String) throws -> String {
        let padding = String(repeating: "long", count: 55)
        // Of a few kinds: it is the files that are many.
        let kinds = try (0..<7).map { kind in
            let values = SampleEmbeddings.values(rows: 2, columns: 4, seed: UInt64(kind))
            return try Data(
                contentsOf: URL(fileURLWithPath: SampleEmbeddings.write(values, columns: 4, to: folder("kind.npy")))
            )
        }
        try FileManager.default.createDirectory(atPath: folder("\(name)/data"), withIntermediateDirectories: true)
        for file in 0..<count {
            let path = folder("\(name)/data/\(padding)_\(file).npy")
            _ = FileManager.default.createFile(atPath: path, contents: kinds[file % kinds.count])
        }
        return folder(name)
    }

    @Test func `a folder of thousands of files is worked on by local and remote workers`() throws {
        let folder = try TestFolder()
        let place = try write(4500, into: folder, "right")
        let job = ["kmeans", Self.path, "-k", "3", "--max-iterations", "2", "--no-progress", "--block-rows", "512"]
        let alone = try CoterieProcess(job + ["--in-process", "-o", folder("alone")], in: place)
        try #require(alone.status == 0, "\(alone.errors)")
        let endpoint = try FreePort.endpoint()
        let fleet = ["--workers", "1", "--min-workers", "2", "--listen", endpoint, "--insecure"]
        let run = try RunningCoterie(job + fleet + ["-o", folder("o")], in: place)
        let guest = try RunningCoterie(["worker", endpoint, "--insecure"], in: place)
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try guest.end(within: 10).status == 0)
        #expect(try RunOutput(folder("o")).digest == RunOutput(folder("alone")).digest)
    }

    @Test func `of hundreds of files the one that differs is named`() throws {
        let folder = try TestFolder()
        let places = try [write(300, into: folder, "right"), write(300, into: folder, "other")]
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: places[1] + "/data").first { $0.hasSuffix("_217.npy") }
        )
        try SampleEmbeddings.write([1, 2, 3, 4], columns: 4, to: "\(places[1])/data/\(name)")
        let endpoint = try FreePort.endpoint()
        let fleet = ["--workers", "0", "--listen", endpoint, "--insecure"]
        let job = ["kmeans", Self.path, "-k", "3", "--no-progress", "-o", folder("o")]
        let run = try RunningCoterie(job + fleet, in: places[0])
        let stranger = try RunningCoterie(["worker", endpoint, "--insecure"], in: places[1]).end(within: 30)
        stranger.expectFailure(65)
        #expect(stranger.errors.contains("_217.npy (1 rows"), "\(stranger.errors)")
        run.send(SIGINT)
        #expect(try run.end(within: 20).status == 75)
    }
}
