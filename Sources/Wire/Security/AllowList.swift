/// The workers that a coordinator lets in.
package struct AllowList: Equatable, Sendable {
    private let keys: Set<PublicKey>

    /// - Parameters:
    ///   - text: one public key on a line, blank lines, and comments from `#` on.
    ///   - place: the file, for errors.
    /// - Throws: `.badKey` for a line that is none of these: a list is taken whole or not at all.
    init(_ text: String, at place: String) throws(WireError) {
        var keys: Set<PublicKey> = []
        for (line, text) in try KeyText.keys(in: text, at: place) {
            guard let key = PublicKey(text) else { throw KeyText.bad(line, at: place) }
            keys.insert(key)
        }
        self.keys = keys
    }

    package init(_ keys: [PublicKey]) {
        self.keys = Set(keys)
    }

    /// The same list with one more key.
    package func adding(_ key: PublicKey) -> AllowList { AllowList(Array(keys) + [key]) }

    package var count: Int { keys.count }

    /// - Parameter text: a key's, as it is written in files.
    func contains(_ text: String) -> Bool { PublicKey(text).map(contains) ?? false }

    package func contains(_ key: PublicKey) -> Bool { keys.contains(key) }
}
