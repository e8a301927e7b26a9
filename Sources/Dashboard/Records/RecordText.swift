import Foundation

/// How records are written and read: keys in order, so that equal records are equal files.
enum RecordText {
    /// Indented, for a file that people open; ends with a newline.
    static func pretty(_ record: some Encodable) throws -> String {
        try encode(record, [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]) + "\n"
    }

    /// On one line, without a newline.
    static func line(_ record: some Encodable) throws -> String {
        try encode(record, [.sortedKeys, .withoutEscapingSlashes])
    }

    static func read<Record: Decodable>(_ type: Record.Type, from text: some StringProtocol) throws -> Record {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    private static func encode(_ record: some Encodable, _ format: JSONEncoder.OutputFormatting) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = format
        return String(decoding: try encoder.encode(record), as: UTF8.self)
    }
}

extension Double {
    /// The value, or `nil` for NaN and infinities, which JSON cannot hold: a rate over no time must not cost a run its record.
    var ifFinite: Double? { isFinite ? self : nil }
}
