import Dashboard
import Foundation
import Tensors

/// HEAD as it was given to `predict`: a file, or the folder of a run that has one.
struct HeadPlace {
    let path: String

    /// In the order in which they are looked for: a run that trained a head labels by it.
    private static let names = ["head.safetensors", "centroids.npy"]

    /// The file to read.
    /// - Throws: `CommandError` with `.badData` for a folder that has none.
    func file() throws(CommandError) -> String {
        guard isFolder else { return path }
        let files = Self.names.map(inFolder).filter { FileManager.default.fileExists(atPath: $0) }
        guard let file = files.first else {
            throw CommandError(
                .badData,
                "no head.safetensors or centroids.npy in the folder",
                at: path,
                fix: "name a finished run of kmeans, tac or scan, or one of these files"
            )
        }
        return file
    }

    /// By which the run found its centroids; nil for a file, and for a run that does not say it.
    var metric: Metric? {
        guard isFolder, let record = try? StoredRun(folder: path).record,
            case .string(let name) = record.settings["metric"]
        else { return nil }
        return Metric(rawValue: name)
    }

    private var isFolder: Bool { FileManager.default.isFolder(atPath: path) == true }

    private func inFolder(_ name: String) -> String {
        URL(fileURLWithPath: path, isDirectory: true).appendingPathComponent(name).path
    }
}
