import Foundation
import Testing

/// What a job left in its folder.
struct RunOutput {
    let folder: String

    init(_ folder: String) {
        self.folder = folder
    }

    /// run.json as a dictionary.
    var record: [String: Any] {
        get throws {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json"))
            return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }
    }

    var digest: String {
        get throws { try #require(try record["digest"] as? String) }
    }

    /// The events' names, in order; none while the file is not there.
    var events: [String] {
        let text = (try? String(contentsOfFile: "\(folder)/events.jsonl", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return object?["event"] as? String
        }
    }

    func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    /// Names of all files; none while the folder is not there.
    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] }

    /// Names of results, whole or in part; what is kept for `coterie resume` is no result.
    var results: [String] {
        let kept = [
            ".lock", ".job.json", ".journal", ".model-", ".lists-", ".scan-", ".tac-", ".centroids.npy", ".text.npy",
            ".status.json", "events.jsonl",
        ]
        return names.filter { name in !kept.contains { name.hasPrefix($0) && !name.contains("partial") } }.sorted()
    }
}

extension RunOutput {
    func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
}
