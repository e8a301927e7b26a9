import Dashboard
import Foundation

/// The records of a run, read back from its folder.
struct StoredRun {
    let record: RunRecord
    /// nil for a job that makes no clusters.
    let clusters: ClustersRecord?
    let events: [FleetEventRecord]

    /// - Throws: `CommandError` with `.noInput` if there is no such folder, `.badData` if it is not that of a run.
    init(folder: String) throws(CommandError) {
        guard let isFolder = FileManager.default.isFolder(atPath: folder) else {
            throw CommandError(.noInput, "no such run folder", at: folder, fix: "check the path")
        }
        guard isFolder else {
            throw CommandError(.badData, "a file where a run's folder is needed", at: folder, fix: "name the folder")
        }
        let record = try Self.read("run.json", in: folder, RunRecord.init(json:))
        guard let record else {
            throw CommandError(.badData, "no run.json", at: folder, fix: "name the folder of a run that has ended")
        }
        self.record = record
        clusters = try Self.read("clusters.json", in: folder, ClustersRecord.init(json:))
        events = try Self.events(in: folder)
    }

    /// What events.jsonl says; nothing where there is none.
    static func events(in folder: String) throws(CommandError) -> [FleetEventRecord] {
        try read("events.jsonl", in: folder, FleetEventRecord.events(fromLines:)) ?? []
    }

    /// Reads one file; nil if it is not there.
    private static func read<Content>(
        _ name: String,
        in folder: String,
        _ parse: (String) throws -> Content
    ) throws(CommandError) -> Content? {
        let path = URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent(name).path
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError(.noInput, "cannot open the file", at: path, fix: "make it readable for this user")
        }
        do {
            return try parse(String(decoding: data, as: UTF8.self))
        } catch {
            throw CommandError(.badData, "not what coterie writes", at: path, fix: "run the job again")
        }
    }
}
