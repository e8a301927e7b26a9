/// Finds one array by its key in a file that holds several.
struct ArrayNames {
    /// The file, for messages.
    let place: String
    /// The keys in the file, in its order.
    let keys: [String]

    /// The index of the array that is meant: the one with that key, or the only one there is.
    ///
    /// - Throws: `.badData` that lists the keys.
    func index(of key: String?) throws(ShardError) -> Int {
        guard !keys.isEmpty else {
            throw ShardError(.badData, "no arrays in the file", at: place, fix: "save at least one")
        }
        if let key {
            if let index = keys.firstIndex(of: key) { return index }
            throw ShardError(
                .badData,
                "no array '\(key.shortened)' in the file",
                at: place,
                fix: "choose one of \(listed)"
            )
        }
        guard keys.count == 1 else {
            throw ShardError(
                .badData,
                "\(keys.count) arrays in the file and no key",
                at: place,
                fix: "append ':' and one of \(listed)"
            )
        }
        return 0
    }

    /// The keys in order, as many as a line bears.
    private var listed: String {
        let most = 20
        let names = keys.sorted().prefix(most).map(\.shortened).joined(separator: ", ")
        return keys.count > most ? "\(names) and \(keys.count - most) more" : names
    }
}
