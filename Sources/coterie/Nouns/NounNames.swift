import Foundation

/// The names of a dataset of nouns: name i belongs to row i.
struct NounNames {
    let names: [String]
    /// The file they were read from; nil where they are only numbers.
    let path: String?

    /// - Parameters:
    ///   - path: UTF-8 text of one name per line; nil for the file beside the nouns that has their name, or, where there is
    ///     none, the numbers of the rows.
    ///   - nouns: as it was given.
    ///   - rows: of the nouns.
    /// - Throws: `CommandError` with `.noInput` where the file cannot be opened, `.badData` where it is not text or has
    ///   not one name per row.
    init(path: String?, beside nouns: String, rows: Int) throws(CommandError) {
        self.path = path ?? Self.companion(of: nouns)
        names =
            try self.path.map { path throws(CommandError) in try Self.read(path, rows: rows) }
            ?? (0..<rows).map(String.init)
    }

    /// Rows that repeat the name of an earlier row, ascending.
    var repeated: [Int] {
        guard path != nil else { return [] }
        var seen: Set<String> = []
        return names.indices.filter { !seen.insert(names[$0]).inserted }
    }

    private static func companion(of nouns: String) -> String? {
        guard nouns.hasSuffix(".npy") else { return nil }
        let path = nouns.dropLast(4) + ".txt"
        return FileManager.default.fileExists(atPath: String(path)) ? String(path) : nil
    }

    private static func read(_ path: String, rows: Int) throws(CommandError) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError(.noInput, "cannot open the names", at: path, fix: "check --names")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw CommandError(.badData, "not text in UTF-8", at: path, fix: "give one name per line")
        }
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        // What follows the last line feed is not a line.
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count == rows else {
            throw CommandError(
                .badData,
                "\(lines.count) names for \(rows) nouns",
                at: path,
                fix: "give one name per line for every row of NOUNS"
            )
        }
        return lines.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
