import Foundation
import Yams

/// What a settings file says: values by the names of the flags they stand for.
struct SettingsFile {
    /// The path as it was given.
    let path: String
    /// In the order of the file.
    let entries: [(key: String, value: Value)]

    enum Value: Equatable {
        case one(String)
        case several([String])
    }

    /// Reads a YAML file.
    ///
    /// - Throws: `CommandError` with `.noInput` if there is none, `.usage` if it is not a list of names and values.
    init(path: String) throws(CommandError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError(.noInput, "cannot open the settings", at: path, fix: "check the path given as --config")
        }
        try self.init(text: String(decoding: data, as: UTF8.self), path: path)
    }

    init(text: String, path: String) throws(CommandError) {
        self.path = path
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw CommandError(.usage, "not YAML", at: path, fix: "correct this: \(error)")
        }
        entries = try Self.entries(of: root, in: path)
    }

    private static func entries(
        of root: Node?,
        in path: String
    ) throws(CommandError) -> [(key: String, value: Value)] {
        // An empty file says nothing, and so does one of comments only.
        guard let root, root.null == nil else { return [] }
        guard case .mapping(let mapping) = root else {
            throw CommandError(.usage, "no names with values", at: path, fix: "write lines such as 'k: 10'")
        }
        var entries: [(key: String, value: Value)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                throw CommandError(.usage, "a name that is not text", at: path, fix: "write lines such as 'k: 10'")
            }
            entries.append((name, try Self.value(value, of: name, in: path)))
        }
        return entries
    }

    /// The text of a value as it stands in the file, so that numbers are read once, by the command.
    private static func value(_ node: Node, of name: String, in path: String) throws(CommandError) -> Value {
        if let scalar = node.scalar, node.null == nil { return .one(scalar.string) }
        if let sequence = node.sequence {
            let texts = sequence.compactMap { $0.scalar?.string }
            if texts.count == sequence.count { return .several(texts) }
        }
        throw CommandError(.usage, "'\(name)' has no plain value", at: path, fix: "write '\(name): VALUE'")
    }
}
