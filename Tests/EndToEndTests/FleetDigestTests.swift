import Foundation
import Testing

/// The same bits for any fleet.
struct FleetDigestTests {
    /// Runs the job in one process and on fleets, and compares what they leave.
    private func expectSameBits(_ job: [String], workers: [Int]) throws {
        let folder = try TestFolder()
        let all = ["kmeans"] + job + ["--no-progress", "--seed", "3"]
        let alone = try CoterieProcess(all + ["--in-process", "-o", folder("alone")])
        try #require(alone.status == 0, "\(alone.errors)")
        let expected = RunOutput(folder("alone"))
        let shared = try CoterieProcess(all + ["--in-process", "--threads", "3", "-o", folder("shared")])
        #expect(try shared.status == 0 && RunOutput(folder("shared")).digest == expected.digest)
        for count in workers {
            let threads = count == 3 ? ["--threads", "2"] : []
            let run = try CoterieProcess(all + ["--workers", "\(count)", "-o", folder("\(count)")] + threads)
            try #require(run.status == 0, "\(run.errors)")
            #expect(run.errors == alone.errors)
            run.expectNothingLeft()
            let output = RunOutput(folder("\(count)"))
            #expect(try output.digest == expected.digest, "\(count) workers")
            for name in ["labels.npy", "centroids.npy"] {
                #expect(try output.bytes(name) == expected.bytes(name), "\(name), \(count) workers")
            }
            #expect(try output.record["reproducible"] as? Bool == true)
        }
    }

    @Test(arguments: [("cosine", [1, 3, 7]), ("euclidean", [2, 5])])
    func `digits give the same bits for every number of workers`(metric: String, workers: [Int]) throws {
        try expectSameBits(
            [SampleEmbeddings.digits, "-k", "10", "--init", "random", "--metric", metric, "--block-rows", "64"],
            workers: workers
        )
    }

    @Test(arguments: [SampleEmbeddings.Element.float16, .float32, .float64], [1, 37, 1000])
    func `every element and every size of block gives the same bits for every fleet`(
        element: SampleEmbeddings.Element,
        blockRows: Int
    ) throws {
        let folder = try TestFolder()
        let rows = blockRows == 1 ? 60 : 900
        let path = try SampleEmbeddings.write(
            SampleEmbeddings.values(rows: rows, columns: 24),
            columns: 24,
            as: element,
            to: folder("x.npy")
        )
        let metric = element == .float32 ? "euclidean" : "cosine"
        try expectSameBits(
            [
                path, "-k", "7", "--init", "random", "--metric", metric, "--block-rows", "\(blockRows)", "--restarts",
                "2",
            ],
            workers: [3]
        )
    }

    @Test(arguments: ["cosine", "euclidean"])
    func `long rows and many clusters, which are pruned, give the same bits for every fleet and kernel`(
        metric: String
    ) throws {
        let folder = try TestFolder()
        let centres = SampleEmbeddings.values(rows: 70, columns: 260)
        let noise = SampleEmbeddings.values(rows: 1500, columns: 260, seed: 2)
        let values = noise.indices.map { centres[$0 % centres.count] + 0.5 * noise[$0] }
        try SampleEmbeddings.write(values, columns: 260, to: folder("x.npy"))
        let job = [
            folder("x.npy"), "-k", "60", "--init", "random", "--metric", metric, "--block-rows", "200", "--tolerance",
            "0", "--max-iterations", "12",
        ]
        try expectSameBits(job, workers: [1, 2, 3, 5])
        var digests: [String] = []
        for kernel in ["portable", "avx2", "avx512", "blas"] {
            let run = try CoterieProcess(
                ["kmeans"] + job + ["--in-process", "--no-progress", "-o", folder(kernel)],
                environment: ["COTERIE_KERNEL": kernel]
            )
            if run.errors.contains("kernel not for this processor") { continue }
            try #require(run.status == 0, "\(run.errors)")
            digests.append(try RunOutput(folder(kernel)).digest)
            let certification = try #require(try RunOutput(folder(kernel)).record["certification"] as? [String: Any])
            let pruned = try #require(certification["pruned"] as? [Double])
            let mean = pruned.reduce(0, +) / Double(pruned.count)
            // Without heads only what is known of a row from its last assignment rules pairs out.
            #expect(kernel == "blas" ? mean < 0.5 : mean > 0.9, "\(kernel): \(pruned)")
        }
        #expect(digests.count >= 2 && Set(digests).count == 1)
    }

    @Test func `a folder of files gives what one file of the same rows gives`() throws {
        let folder = try TestFolder()
        let values = SampleEmbeddings.values(rows: 700, columns: 16)
        try SampleEmbeddings.write(Array(values[..<(301 * 16)]), columns: 16, to: folder("many/emb_2.npy"))
        try SampleEmbeddings.write(Array(values[(301 * 16)...]), columns: 16, to: folder("many/emb_10.npy"))
        try SampleEmbeddings.write(values, columns: 16, to: folder("one.npy"))
        let job = ["-k", "9", "--init", "random", "--block-rows", "50", "--no-progress"]
        var digests: [String] = []
        for (data, fleet) in [
            ("many", ["--workers", "3"]), ("one.npy", ["--workers", "2"]), ("many", ["--in-process"]),
        ] {
            let output = folder("o\(digests.count)")
            let run = try CoterieProcess(["kmeans", folder(data)] + job + fleet + ["-o", output])
            try #require(run.status == 0, "\(run.errors)")
            digests.append(try RunOutput(output).digest)
        }
        #expect(Set(digests).count == 1)
    }

    /// `COTERIE_DATA`, or `../shared/data` beside the checkout.
    private static let data =
        ProcessInfo.processInfo.environment["COTERIE_DATA"]
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../shared/data").standardized.path

    private static let dataIsThere = FileManager.default.fileExists(atPath: "\(data)/mnist/features.npy")

    @Test(.enabled(if: dataIsThere, "the folder COTERIE_DATA is not there"))
    func `real embeddings give the same bits for every fleet`() throws {
        try expectSameBits(
            ["\(Self.data)/food10/images_train.npy", "-k", "10", "--init", "random", "--block-rows", "128"],
            workers: [2, 5]
        )
        try expectSameBits(
            [
                "\(Self.data)/mnist/features.npy", "-k", "10", "--init", "random", "--metric", "euclidean",
                "--max-iterations", "2", "--block-rows", "512",
            ],
            workers: [3]
        )
    }
}
