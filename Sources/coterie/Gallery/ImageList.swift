import Foundation
import Shards

/// The image files of a dataset: image i belongs to row i.
struct ImageList {
    let paths: [String]

    /// Lists a folder's files in natural order, or reads a text file with one path per line, relative to its folder.
    ///
    /// - Parameter rows: of the dataset.
    /// - Throws: `CommandError` with `.noInput` if there is nothing there, `.badData` if there is not one image per row.
    init(path: String, rows: Int) throws(CommandError) {
        guard let isFolder = FileManager.default.isFolder(atPath: path) else {
            throw CommandError(.noInput, "no such file or folder", at: path, fix: "check the path given as --images")
        }
        paths = isFolder ? try Self.files(inFolder: path) : try Self.lines(of: path)
        guard paths.count == rows else {
            throw CommandError(
                .badData,
                "\(paths.count) images for \(rows) rows",
                at: path,
                fix: "give one image per row, and nothing else"
            )
        }
    }

    private static func files(inFolder path: String) throws(CommandError) -> [String] {
        let folder = URL(fileURLWithPath: path, isDirectory: true)
        do {
            return try FileManager.default
                .contentsOfDirectory(atPath: path)
                .filter { !$0.hasPrefix(".") }
                .sorted { $0.precedesNaturally($1) }
                .map { folder.appendingPathComponent($0).path }
                .filter { FileManager.default.isFolder(atPath: $0) != true }
        } catch {
            throw CommandError(.noInput, "cannot list the folder", at: path, fix: "make it readable for this user")
        }
    }

    private static func lines(of path: String) throws(CommandError) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError(.noInput, "cannot open the list of images", at: path, fix: "check the path")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw CommandError(.badData, "not text in UTF-8", at: path, fix: "give a folder, or one path per line")
        }
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        // What follows the last line feed is not a line.
        if lines.last?.isEmpty == true { lines.removeLast() }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return lines.map { URL(fileURLWithPath: String($0), relativeTo: folder).path }
    }
}
