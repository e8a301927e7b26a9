import Foundation

extension FileManager {
    /// What a path leads to, links followed; nil if there is nothing.
    func isFolder(atPath path: String) -> Bool? {
        guard fileExists(atPath: path) else { return nil }
        // Only a folder has an entry for itself.
        return fileExists(atPath: path + "/.")
    }
}
