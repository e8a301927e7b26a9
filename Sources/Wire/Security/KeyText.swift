/// Lines of a file of keys: one key each, blank lines, and comments from `#` on, which is the first letter of no key.
enum KeyText {
    /// - Parameter place: the file, for errors.
    /// - Returns: the keys' texts, which are 40 letters and not known to be keys, with the numbers of their lines.
    /// - Throws: `.badKey` for a line with more on it, or less.
    static func keys(in text: String, at place: String) throws(WireError) -> [(line: Int, text: Substring)] {
        var keys: [(line: Int, text: Substring)] = []
        // A line that ends with CR LF ends with one character.
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let key = words.first, !key.hasPrefix("#") else { continue }
            guard key.utf8.count == Z85.letterCount, words.count == 1 || words[1].hasPrefix("#") else {
                throw bad(index + 1, at: place)
            }
            keys.append((index + 1, key))
        }
        return keys
    }

    /// The text of the one key in a file.
    ///
    /// - Throws: `.badKey` when there is none, or several.
    static func onlyKey(in text: String, at place: String) throws(WireError) -> (line: Int, text: Substring) {
        let keys = try keys(in: text, at: place)
        guard let key = keys.first, keys.count == 1 else {
            throw WireError(.badKey, "bad key file: \(place): \(keys.count) keys where one belongs; make a new pair")
        }
        return key
    }

    /// The line is not shown: it may be a secret.
    static func bad(_ line: Int, at place: String) -> WireError {
        WireError(.badKey, "bad key: \(place), line \(line): not 40 letters of Z85; copy the key again")
    }
}
