import Foundation
import Testing

/// Data that is not the same for all: `/proc/self/cwd` leads each process to its own folder.
struct OtherBytesTests {
    private static let path = "/proc/self/cwd/x.npy"

    /// Folders of the same file, but for one bit of one row in the second.
    private struct Copies {
        let job: LongJob
        let folder: TestFolder
        var right: String { folder("right") }
        var stale: String { folder("stale") }

        init(changing: (inout Data) -> Void = { $0[$0.count - 4000] ^= 16 }) throws {
            job = try LongJob()
            folder = try TestFolder()
            let bytes = try Data(contentsOf: URL(fileURLWithPath: job.data))
            let file = try folder.write(Array(bytes), "right/x.npy")
            var other = bytes
            changing(&other)
            let copy = try folder.write(Array(other), "stale/x.npy")
            let time = try #require(try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate])
            try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: copy.path)
        }

        func coordinator(_ endpoint: String, workers: Int, more: [String] = []) throws -> RunningCoterie {
            let moved = job.arguments.map { $0 == job.data ? OtherBytesTests.path : $0 }
            let fleet = ["--workers", "\(workers)", "--listen", endpoint, "--insecure"]
            return try RunningCoterie(moved + fleet + more + ["-o", folder("o")], in: right)
        }

        func worker(_ endpoint: String, in place: String) throws -> RunningCoterie {
            try RunningCoterie(["worker", endpoint, "--insecure"], in: place)
        }

        func expectRightDigest() throws { #expect(try RunOutput(folder("o")).digest == job.digest) }
    }

    private func expectRefused(_ worker: RunningCoterie, _ words: String) throws {
        let ended = try worker.end(within: 30)
        ended.expectFailure(65)
        #expect(ended.errors.contains("data differ: worker "), "\(ended.errors)")
        #expect(ended.errors.contains(words), "\(ended.errors)")
    }

    @Test func `a worker whose copy differs in one bit is refused by name, file and rows`() throws {
        let copies = try Copies()
        let endpoint = try FreePort.endpoint()
        let run = try copies.coordinator(endpoint, workers: 1, more: ["--suspicion", "30"])
        RunOutput(copies.folder("o")).waitForRounds(1)
        try run.held {
            let stale = try copies.worker(endpoint, in: copies.stale)
            // Row 3875 of 4000, in blocks of 64.
            try expectRefused(stale, "/proc/self/cwd/x.npy rows 3840 to 3903")
        }
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.errors.contains("data differ: worker "))
        #expect(RunOutput(copies.folder("o")).events.contains("refused"))
        try copies.expectRightDigest()
        #expect(try RunOutput(copies.folder("o")).record["reproducible"] as? Bool == true)
    }

    @Test func `the first worker of a job is held to the coordinator's own reading too`() throws {
        let copies = try Copies()
        let endpoint = try FreePort.endpoint()
        let run = try copies.coordinator(endpoint, workers: 0)
        try expectRefused(try copies.worker(endpoint, in: copies.stale), "rows 3840 to 3903")
        let right = try copies.worker(endpoint, in: copies.right)
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try right.end(within: 10).status == 0)
        try copies.expectRightDigest()
    }

    @Test(arguments: [-4, 4])
    func `a copy that is shorter or longer is refused before it is read`(bytes: Int) throws {
        let copies = try Copies { $0 = bytes < 0 ? $0.dropLast(4) : $0 + [0, 0, 0, 0] }
        let endpoint = try FreePort.endpoint()
        let run = try copies.coordinator(endpoint, workers: 1, more: ["--suspicion", "30"])
        RunOutput(copies.folder("o")).waitForRounds(1)
        try run.held {
            let ended = try copies.worker(endpoint, in: copies.stale).end(within: 30)
            ended.expectFailure(65)
            #expect(ended.errors.contains("x.npy"))
        }
        #expect(try run.end().status == 0)
        try copies.expectRightDigest()
    }

    @Test(arguments: [["--in-process"], ["--workers", "1"]])
    func `a file that is written to while the job runs is found at its end`(fleet: [String]) throws {
        let copies = try Copies()
        let moved = copies.job.arguments.map { $0 == copies.job.data ? "\(copies.right)/x.npy" : $0 }
        let run = try RunningCoterie(moved + fleet + ["-o", copies.folder("o")])
        let began = eventually { RunOutput(copies.folder("o")).checkpointedRound >= 1 }
        #expect(began)
        let file = try #require(FileHandle(forWritingAtPath: "\(copies.right)/x.npy"))
        try file.seek(toOffset: 2000)
        try file.write(contentsOf: Data([1, 2, 3, 4]))
        try file.close()
        let ended = try run.end()
        #expect(ended.status == 65, "\(ended.errors)")
        #expect(ended.errors.contains("the data changed while the job ran"), "\(ended.errors)")
        #expect(!FileManager.default.fileExists(atPath: copies.folder("o/run.json")))
    }
}
