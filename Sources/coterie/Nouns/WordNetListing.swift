import Foundation

/// The nouns of WordNet, one line for each sense: the noun, its synset and its gloss, between tabs.
///
/// The files are those of the WordNet database, `index.noun` and `data.noun` (wndb(5WN)). Nouns come in the index's order,
/// and the senses of a noun by how common they are.
struct WordNetListing {
    let folder: String
    /// Whether words of several parts are written with underscores, as WordNet writes them.
    let keepsUnderscores: Bool

    /// - Throws: `CommandError` with `.noInput` where a file cannot be opened, `.badData` where a line is not WordNet's.
    func write() throws {
        let synsets = try Synsets(try contents("data.noun"), path: path("data.noun"))
        let index = try contents("index.noun")
        var output = ""
        for (number, line) in index.split(separator: UInt8(ascii: "\n")).enumerated() where line.first != 0x20 {
            output += try lines(of: String(decoding: line, as: UTF8.self), number + 1, synsets)
            if output.utf8.count > 1 << 20 {
                try StandardOutput.write(output)
                output = ""
            }
        }
        try StandardOutput.write(output)
    }

    /// `lemma pos synset_cnt p_cnt [symbol…] sense_cnt tagsense_cnt offset…`
    private func lines(of entry: String, _ number: Int, _ synsets: Synsets) throws -> String {
        let fields = entry.split(separator: " ")
        guard fields.count >= 6, fields[1] == "n", let count = Int(fields[2]), (1..<fields.count - 3).contains(count)
        else { throw malformed("index.noun", number) }
        return try fields.suffix(count).map { offset in
            guard let position = Int(offset), let synset = synsets.synset(at: position) else {
                throw malformed("index.noun", number)
            }
            let word = synset.words.first { $0.lowercased() == fields[0] } ?? String(fields[0])
            let shown = keepsUnderscores ? word : word.replacing("_", with: " ")
            return "\(shown)\tn\(offset)\t\(synset.gloss)\n"
        }.joined()
    }

    private func path(_ name: String) -> String {
        URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent(name).path
    }

    private func contents(_ name: String) throws(CommandError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path(name)) else {
            throw CommandError(
                .noInput,
                "cannot open the file",
                at: path(name),
                fix: "name the folder of WordNet's database, such as /usr/share/wordnet"
            )
        }
        return Array(data)
    }

    private func malformed(_ name: String, _ line: Int) -> CommandError {
        CommandError(.badData, "not a line of WordNet's", at: "\(path(name)), line \(line)", fix: "restore the file")
    }
}

/// `data.noun`: a line for each synset, found by its offset in bytes.
private struct Synsets {
    struct Synset {
        var words: [String]
        var gloss: String
    }

    private let bytes: [UInt8]

    init(_ bytes: [UInt8], path: String) throws(CommandError) {
        guard !bytes.isEmpty else {
            throw CommandError(.badData, "empty file", at: path, fix: "restore the file")
        }
        self.bytes = bytes
    }

    /// `offset lex_filenum ss_type w_cnt word lex_id [word lex_id…] p_cnt [ptr…] | gloss`, w_cnt being hexadecimal; nil
    /// where no such line begins there.
    func synset(at offset: Int) -> Synset? {
        guard bytes.indices.contains(offset), offset == 0 || bytes[offset - 1] == UInt8(ascii: "\n") else { return nil }
        let line = bytes[offset...].prefix { $0 != UInt8(ascii: "\n") }
        let parts = String(decoding: line, as: UTF8.self).split(separator: "|", maxSplits: 1)
        let fields = (parts.first ?? "").split(separator: " ")
        guard parts.count == 2, fields.count > 4, Int(fields[0]) == offset, let count = Int(fields[3], radix: 16),
            count >= 1, fields.count >= 4 + 2 * count
        else { return nil }
        let words = (0..<count).map { String(fields[4 + 2 * $0]) }
        return Synset(words: words, gloss: parts[1].trimmingCharacters(in: .whitespaces))
    }
}
