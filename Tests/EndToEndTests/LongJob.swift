import Foundation
import Testing

/// A job of many rounds of many blocks, to be disturbed in its middle, and what it must end with all the same.
struct LongJob {
    /// 63 blocks and, with the restarts that the digest is of, hundreds of rounds.
    let arguments: [String]
    let data: String

    /// So many that the job lasts several seconds on an idle machine: who waits for it on a busy one must still find it.
    private static let restarts = 40

    /// Beside the built program, because it must outlast the tests that use it and nobody tells when the last has ended.
    private static let file = Result {
        let path = RunningCoterie.program.deletingLastPathComponent().appendingPathComponent("LongJob.npy").path
        return try SampleEmbeddings.write(SampleEmbeddings.values(rows: 4000, columns: 8), columns: 8, to: path)
    }

    /// The digest of the undisturbed job.
    private static let reference = Result {
        let folder = try TestFolder()
        let run = try CoterieProcess(try LongJob().arguments + ["--in-process", "-o", folder("alone")])
        #expect(run.status == 0, "\(run.errors)")
        return try RunOutput(folder("alone")).digest
    }

    /// - Parameter isEndless: whether it is not to end by itself.
    init(isEndless: Bool = false) throws {
        data = try Self.file.get()
        arguments = [
            "kmeans", data, "-k", "16", "--init", "random", "--block-rows", "64", "--seed", "5", "--no-progress",
            "--restarts", isEndless ? "100000" : "\(Self.restarts)",
        ]
    }

    /// The digest of the job that ends by itself, from a run in one process.
    var digest: String {
        get throws { try Self.reference.get() }
    }
}

extension RunningCoterie {
    /// Holds the job in the middle of a round while `body` runs: its local workers are stopped, which a long `--suspicion`
    /// must allow.
    func held(_ body: () throws -> Void) throws {
        let workers = workers
        for worker in workers { kill(worker, SIGSTOP) }
        defer { for worker in workers { kill(worker, SIGCONT) } }
        try body()
        #expect(isRunning, "the job was over before it could be held")
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

    /// Waits until a search for neighbours has had answers.
    func waitForLists(sourceLocation: SourceLocation = #_sourceLocation) {
        let isThere = eventually { names.contains { $0.contains(".lists-") } }
        #expect(isThere, "no lists in time: \(names)", sourceLocation: sourceLocation)
    }

    /// Waits until rounds of a search for neighbours are done, of which each leaves a file of lists until the end.
    func waitForLists(ofRounds count: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        let isThere = eventually { names.count { $0.hasPrefix(".lists-") } >= count }
        #expect(isThere, "no lists of \(count) rounds in time: \(names)", sourceLocation: sourceLocation)
    }

    /// The last round that can be gone on after; 0 before there is one.
    var checkpointedRound: Int {
        let journal = FileManager.default.contents(atPath: folder + "/.journal") ?? Data()
        return String(decoding: journal, as: UTF8.self).matches(of: #/\.model-\d+-(\d+)/#)
            .compactMap { Int($0.output.1) }.max() ?? 0
    }

    /// Waits until the job can be gone on with after that round or a later one.
    func waitForCheckpoint(afterRound round: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        let isThere = eventually { checkpointedRound >= round }
        #expect(
            isThere,
            "the last checkpoint in time was after round \(checkpointedRound), not \(round)",
            sourceLocation: sourceLocation
        )
    }
}
