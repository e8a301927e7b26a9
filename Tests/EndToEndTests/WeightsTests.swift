import Foundation
import Testing

@testable import Shards

/// `kmeans --weights`.
struct WeightsTests {
    @Test(arguments: ["cosine", "euclidean"])
    func `weights do what repeated rows do, for any fleet`(metric: String) throws {
        let folder = try TestFolder()
        let columns = 12
        let values = SampleEmbeddings.values(rows: 300, columns: columns)
        let weights = (0..<300).map { ($0 * 7) % 4 }
        let repeated = weights.enumerated().flatMap { row, weight in
            (0..<weight).flatMap { _ in values[row * columns..<(row + 1) * columns] }
        }
        try SampleEmbeddings.write(values, columns: columns, to: folder("x.npy"))
        try SampleEmbeddings.write(repeated, columns: columns, to: folder("repeated.npy"))
        try SampleEmbeddings.write(Array(values.prefix(6 * columns)), columns: columns, to: folder("c.npy"))
        try folder.write(weights.map { "\($0)\n" }.joined(), "w.txt")
        let options = [
            "-k", "6", "--init", folder("c.npy"), "--metric", metric, "--block-rows", "64", "--no-progress",
        ]
        let whole = try CoterieProcess(
            ["kmeans", folder("repeated.npy")] + options + ["--in-process", "-o", folder("repeated")]
        )
        try #require(whole.status == 0, "\(whole.errors)")
        let expected = RunOutput(folder("repeated"))
        for fleet in [["--in-process"], ["--workers", "1"], ["--workers", "3"]] {
            let run = try CoterieProcess(
                ["kmeans", folder("x.npy"), "--weights", folder("w.txt")] + options + fleet
                    + ["-o", folder("weighted"), "--overwrite"]
            )
            try #require(run.status == 0, "\(run.errors)")
            run.expectNothingLeft()
            let output = RunOutput(folder("weighted"))
            #expect(try output.bytes("centroids.npy") == expected.bytes("centroids.npy"))
            #expect(try output.record["objective"] as? Double == expected.record["objective"] as? Double)
            let labels = try LabelsFile.read(folder("weighted/labels.npy"))
            let all = zip(labels, weights).flatMap { [Int64](repeating: $0, count: $1) }
            #expect(try all == LabelsFile.read(folder("repeated/labels.npy")))
            let settings = try #require(try output.record["settings"] as? [String: Any])
            #expect(settings["weights"] as? String == folder("w.txt"))
            #expect(!FileManager.default.fileExists(atPath: folder("weighted/.weights.npy")))
        }
    }
}
