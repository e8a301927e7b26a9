import Foundation

/// Where the user says a matrix is: a path, and the name of an array in that file after a colon.
struct DataLocation: Equatable {
    var path: String
    var key: String?

    var fileExtension: String { (path as NSString).pathExtension.lowercased() }

    init(path: String, key: String? = nil) {
        self.path = path
        self.key = key
    }

    /// Takes a path that exists as it is, colons and all; otherwise what follows the last colon is a key.
    ///
    /// - Throws: `.noInput` if neither reading leads to a file or folder.
    init(resolving text: String) throws(ShardError) {
        if try Self.exists(text) {
            self.init(path: text)
        } else if let colon = text.lastIndex(of: ":"), try Self.exists(String(text[..<colon])) {
            self.init(path: String(text[..<colon]), key: String(text[text.index(after: colon)...]))
        } else {
            throw ShardError(.noInput, "no such file or folder", at: text, fix: "check the path")
        }
    }

    private static func exists(_ path: String) throws(ShardError) -> Bool {
        do {
            return try OpenFile.Status(ofPath: path) != nil
        } catch {
            throw error.opening(path)
        }
    }

    /// Objects to a key where the file holds one array without a name.
    func refuseKey() throws(ShardError) {
        guard let key else { return }
        throw ShardError(
            .badData,
            "':\(key)' after a path that has no named arrays",
            at: path,
            fix: "leave it out: only .npz and .safetensors have keys"
        )
    }
}
