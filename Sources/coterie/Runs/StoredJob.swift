import Clustering
import Dashboard
import Foundation
import Services
import Shards
import Tensors

/// What a run's folder says of its job until the job is done: `.job.json`.
struct StoredJob: Codable {
    /// The command and what it was asked for, but not who does the work.
    var words: [String]
    /// The fleet's options.
    var fleet: [String]
    var dataset: DatasetDescription
    /// Rows that the job reads besides.
    var others: [DatasetDescription]
    /// In ISO 8601.
    var started: String
    /// The program's version and the kernels': others could go on with other bits.
    var version = Coterie.version
    var fingerprint: String

    private static let name = ".job.json"
    private static let centroidsName = ".centroids.npy"
    /// The weights of the rows that the job was given, as workers read them: one column of float64.
    static let weightsName = ".weights.npy"

    /// Puts the job into its folder.
    /// - Parameter centroids: those that it was given in a file.
    /// - Throws: `ShardError`.
    func write(to folder: RunFolder, centroids: Matrix?) throws {
        if let centroids {
            try NumpyWriter.write(
                centroids.values,
                rows: centroids.rows,
                columns: centroids.columns,
                to: folder.path(for: Self.centroidsName)
            )
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        try AtomicFile.write(Array(try encoder.encode(self)), to: folder.path(for: Self.name))
    }

    /// The job that waits in a folder; nil where there is none.
    /// - Throws: `CommandError` of `.badData` for one that cannot be read.
    static func read(from folder: RunFolder) throws(CommandError) -> StoredJob? {
        let path = folder.path(for: name)
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        guard let job = try? JSONDecoder().decode(StoredJob.self, from: data) else {
            throw CommandError(.badData, "job not understood", at: path, fix: "start the job again with --overwrite")
        }
        return job
    }

    /// Whether a job waits in the folder at a path to be gone on with.
    static func isKept(in path: String) -> Bool {
        let file = URL(fileURLWithPath: path, isDirectory: true).appendingPathComponent(name)
        return FileManager.default.fileExists(atPath: file.path)
    }

    /// The centroids that the job was given.
    /// - Throws: `ShardError`.
    static func centroids(in folder: RunFolder) throws -> Matrix {
        try CentroidsFile.read(folder.path(for: centroidsName))
    }

    /// Removes all that a job keeps for going on; without it the run counts as ended.
    /// - Throws: `ShardError`.
    static func remove(from folder: RunFolder) throws {
        try folder.removeFile(name)
        try folder.removeFile(centroidsName)
        try folder.removeFile(weightsName)
        try folder.removeFile(StatusBoard.name)
        try RunJournal<RunNote>.remove(from: folder)
        try folder.removeFiles(beginningWith: NeighborStore.spillPrefix)
        try folder.removeFile(TextSink.hiddenName)
        try FoundNeighbors.remove(from: folder)
    }
}

/// What a run knows at a checkpoint besides the model.
struct RunNote: Codable, Sendable {
    /// Iterations since the checkpoint before.
    var history: [RunRecord.Iteration]
    /// What it took to be certain in each round since the checkpoint before that found labels or lists.
    var certified: [RunRecord.CertifiedRound]?
    /// Of the whole run so far.
    var timings: [RunRecord.Timing]
    /// Seconds for which the run has been at work.
    var elapsed: Double
    /// Once they are known.
    var inputs: [RunRecord.Input]?
    /// What was read for the first time since the checkpoint before.
    var readings: [RowReading]?
    /// Of the whole run so far; nil where the last one noted will do.
    var fleet: RunRecord.Fleet?
    /// Of all workers of the whole run so far.
    var fingerprints: Set<String>?
}
