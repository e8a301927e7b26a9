import Foundation
import Glibc

/// Where the user says a matrix is: a path, and the name of an array in that file after a colon.
struct DataLocation: Equatable {
    var path: String
    var key: String?

    var fileExtension: String { (path as NSString).pathExtension.lowercased() }

    init(path: String, key: String? = nil) {
        self.path = path
        self.key = key
    }

    /// Takes a path that exists as it is, colons and all; otherwise what follows a colon is a key.
    ///
    /// A key may have colons too: the longest path that exists is meant.
    ///
    /// - Throws: `.noInput` if no reading leads to a file or folder.
    init(resolving text: String) throws(ShardError) {
        if try Self.exists(text) {
            self.init(path: text)
            return
        }
        if text.addressScheme == nil {
            for colon in text.indices.reversed() where text[colon] == ":" {
                guard try Self.exists(String(text[..<colon])) else { continue }
                self.init(path: String(text[..<colon]), key: String(text[text.index(after: colon)...]))
                return
            }
        }
        throw SystemFailure(number: ENOENT).opening(text)
    }

    /// Whether the file lists the tensors of several others.
    var isSafetensorsIndex: Bool { path.lowercased().hasSuffix(SafetensorsIndex.suffix) }

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
