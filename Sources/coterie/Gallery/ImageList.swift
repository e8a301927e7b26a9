import Foundation

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
                .sorted { $0.precedesByNumbers($1) }
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

extension String {
    /// Whether the name comes before another when numbers in both are compared as numbers: the order in which
    /// `Shards` reads a folder.
    fileprivate func precedesByNumbers(_ other: String) -> Bool {
        var (left, right) = (Array(utf8)[...], Array(other.utf8)[...])
        while let first = left.first, let second = right.first {
            if first.isDigit, second.isDigit {
                let (one, two) = (left.takeNumber(), right.takeNumber())
                if one.count != two.count { return one.count < two.count }
                if one != two { return one.lexicographicallyPrecedes(two) }
            } else {
                if first != second { return first < second }
                left.removeFirst()
                right.removeFirst()
            }
        }
        if left.isEmpty != right.isEmpty { return left.isEmpty }
        return utf8.lexicographicallyPrecedes(other.utf8)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}

extension ArraySlice<UInt8> {
    /// Removes the digits at the beginning and gives those that count, without leading zeros.
    fileprivate mutating func takeNumber() -> ArraySlice<UInt8> {
        let digits = prefix(while: \.isDigit)
        self = self[digits.endIndex...]
        return digits.drop { $0 == 0x30 }
    }
}
