import Dashboard
import Foundation
import Testing

@testable import coterie

struct ReportTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3, 4]

    /// The folder of a run over four rows in two clusters.
    private func run() throws -> TestFolder {
        let folder = try TestFolder()
        let record = RunRecord(
            job: "kmeans",
            status: .done,
            started: "2026-01-01T00:00:00Z",
            settings: ["k": .integer(2)],
            inputs: [.init(path: "some.npy", rows: 4, sha256: "ab")],
            rows: 4,
            dimensions: 2,
            objective: 0.5,
            iterations: 1,
            history: [.init(restart: 0, iteration: 1, objective: 0.5, moved: 4, seconds: 1, rowsPerSecond: 4)],
            metrics: nil,
            timings: [.init(phase: "iterations", seconds: 1)],
            fleet: .init(
                workersRequested: 1,
                workersJoined: 1,
                workersLost: 0,
                messagesSent: 1,
                messagesReceived: 1,
                bytesSent: 1,
                bytesReceived: 1,
                peakResidentBytes: 1,
                workers: []
            ),
            fingerprint: "f",
            versions: .init(coterie: "0", swift: "6", openblas: "0", zeromq: "4"),
            reproducible: true,
            digest: "d1"
        )
        let clusters = ClustersRecord(clusters: [
            .init(cluster: 0, size: 3, confidence: 0.9, nearest: [2, 0]),
            .init(cluster: 1, size: 1, confidence: 0.8, nearest: [3]),
        ])
        try folder.write(record.json(), "run/run.json")
        try folder.write(clusters.json(), "run/clusters.json")
        try folder.write(FleetEventRecord(time: 0, event: .joined, worker: "w").line() + "\n", "run/events.jsonl")
        return folder
    }

    private func html(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    @Test func `a run's page is written into its folder`() throws {
        let folder = try run()
        let process = try CoterieProcess(["report", folder("run")])
        #expect(process.status == 0)
        #expect(process.output == folder("run/report.html") + "\n")
        #expect(try html(folder("run/report.html")).contains("kmeans of some.npy"))
    }

    @Test func `images of a folder belong to rows in natural order, and are known by their bytes`() throws {
        let folder = try run()
        try folder.write("GIF89a-first", "images/img_1.bin")
        try folder.write([0xFF, 0xD8, 0xFF, 0xE0], "images/img_2.bin")
        try folder.write("RIFF0000WEBPVP8 ", "images/img_9.bin")
        try folder.write(Self.png, "images/img_10.txt")
        try folder.write("hidden", "images/.hidden")
        let process = try CoterieProcess([
            "report", folder("run"), "--images", folder("images"), "-o", folder("page.html"),
        ])
        #expect(process.status == 0, "\(process.errors)")
        #expect(process.errors.isEmpty)
        let page = try html(folder("page.html"))
        let webp = Data("RIFF0000WEBPVP8 ".utf8).base64EncodedString()
        #expect(page.contains("alt=\"Row 2 of cluster 0\" src=\"data:image/webp;base64,\(webp)\""))
        #expect(page.contains("alt=\"Row 0 of cluster 0\" src=\"data:image/gif;base64,"))
        #expect(page.contains("alt=\"Row 3 of cluster 1\" src=\"data:image/png;base64,"))
        #expect(!page.contains("image/jpeg"))
    }

    @Test func `a list names images relative to its own folder`() throws {
        let folder = try run()
        try folder.write(Self.png, "lists/sub/a b.png")
        try folder.write("sub/a b.png\nnone.png\r\nsub/a b.png\nsub/a b.png\n", "lists/list.txt")
        let process = try CoterieProcess(["report", folder("run"), "--images", folder("lists/list.txt")])
        #expect(process.status == 0, "\(process.errors)")
        #expect(try html(folder("run/report.html")).components(separatedBy: "data:image/png").count == 4)
    }

    @Test func `images that are too large or unknown are left out with a note`() throws {
        let folder = try run()
        try folder.write(Self.png + [UInt8](repeating: 0, count: 2_000_000), "images/0")
        try folder.write(Self.png, "images/1")
        try folder.write("text", "images/2")
        try folder.write(Self.png, "images/3")
        let process = try CoterieProcess(["report", folder("run"), "--images", folder("images")])
        #expect(process.status == 0)
        #expect(
            process.errorLines == [
                "coterie: note: 1 images of more than 2 MB are not shown",
                "coterie: note: 1 images that are not JPEG, PNG, GIF or WebP are not shown",
            ]
        )
        #expect(try html(folder("run/report.html")).components(separatedBy: "data:image").count == 2)
    }

    @Test func `the number of images must be that of the rows`() throws {
        let folder = try run()
        try folder.write(Self.png, "images/0")
        let process = try CoterieProcess(["report", folder("run"), "--images", folder("images")])
        #expect(process.status == 65)
        #expect(process.errors.contains("1 images for 4 rows"))
        #expect(!FileManager.default.fileExists(atPath: folder("run/report.html")))
    }

    @Test func `a missing run and a folder without one have their codes`() throws {
        let folder = try run()
        #expect(try CoterieProcess(["report", folder("none")]).status == 66)
        #expect(try CoterieProcess(["report", folder.path]).status == 65)
        try folder.write("{", "run/run.json")
        let damaged = try CoterieProcess(["report", folder("run")])
        #expect(damaged.status == 65)
        #expect(damaged.errorLines.count == 1)
        #expect(try CoterieProcess(["report", folder("run"), "--images", folder("none")]).status == 65)
    }

    @Test func `a page that cannot be created has its code`() throws {
        let folder = try run()
        let process = try CoterieProcess(["report", folder("run"), "-o", folder("no/such/page.html")])
        #expect(process.status == 73)
    }

    @Test func `at most eight images of each of the hundred largest clusters are shown`() throws {
        let folder = try TestFolder()
        try folder.write(Self.png, "a.png")
        try folder.write(String(repeating: "a.png\n", count: 20), "list")
        let clusters = ClustersRecord(
            clusters: (0..<150).map { .init(cluster: $0, size: $0, confidence: nil, nearest: Array(0..<20)) }
        )
        let gallery = try Gallery(of: clusters, images: ImageList(path: folder("list"), rows: 20))
        #expect(gallery.images.count == 800)
        #expect(gallery.images.first?.cluster == 50)
        #expect(gallery.notes == ["images of the 100 largest of 150 clusters are shown"])
    }

    @Test func `a row without an image is bad data`() throws {
        let folder = try TestFolder()
        try folder.write("a.png\n", "list")
        let clusters = ClustersRecord(clusters: [.init(cluster: 0, size: 1, confidence: nil, nearest: [7])])
        let list = try ImageList(path: folder("list"), rows: 1)
        let error = #expect(throws: CommandError.self) { try Gallery(of: clusters, images: list) }
        #expect(error?.status == .badData)
    }
}
