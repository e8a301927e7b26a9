import Foundation
import Testing

/// A job of many rounds of many blocks, to be disturbed in its middle, and what it must end with all the same.
struct LongJob {
    /// 63 blocks and, with 8 restarts, more than a hundred rounds.
    let arguments: [String]

    private static let home = Result { try TestFolder() }

    /// The data, and the digest of the undisturbed job.
    private static let reference = Result {
        let folder = try home.get()
        let data = try SampleEmbeddings.write(
            SampleEmbeddings.values(rows: 4000, columns: 8),
            columns: 8,
            to: folder("x.npy")
        )
        let run = try CoterieProcess(job(data, restarts: 8) + ["--in-process", "-o", folder("alone")])
        #expect(run.status == 0, "\(run.errors)")
        return (data: data, digest: try RunOutput(folder("alone")).digest)
    }

    /// - Parameter restarts: more than 8 for a job that is not to end by itself.
    init(restarts: Int = 8) throws {
        arguments = Self.job(try Self.reference.get().data, restarts: restarts)
    }

    var data: String {
        get throws { try Self.reference.get().data }
    }

    /// The digest of the job with 8 restarts.
    var digest: String {
        get throws { try Self.reference.get().digest }
    }

    private static func job(_ data: String, restarts: Int) -> [String] {
        [
            "kmeans", data, "-k", "16", "--init", "random", "--block-rows", "64", "--seed", "5", "--no-progress",
            "--restarts", "\(restarts)",
        ]
    }
}

extension RunOutput {
    /// Waits until the job has done some rounds and some workers have joined.
    func waitForRounds(_ count: Int, workers: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) {
        let isThere = eventually {
            let events = events
            return events.count { $0 == "round_advanced" } >= count && events.count { $0 == "joined" } >= workers
        }
        #expect(isThere, "no \(count) rounds in time; events: \(events)", sourceLocation: sourceLocation)
    }
}
