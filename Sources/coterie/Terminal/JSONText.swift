import Foundation

/// Values as JSON, for programs that read standard output.
enum JSONText {
    /// One object on one line, keys in alphabetical order, a line feed at the end.
    static func line(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}
