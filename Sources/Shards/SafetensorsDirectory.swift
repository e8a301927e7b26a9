import Foundation

/// The header of a `.safetensors` file: a length, then a JSON object of names, types, shapes and places.
///
/// Format: https://github.com/huggingface/safetensors#format
struct SafetensorsDirectory {
    /// One tensor of the file.
    struct Tensor: Equatable {
        var key: String
        /// The type as the format writes it, such as `F32`.
        var elementType: String
        var shape: [Int]
        /// Where its bytes are in the file.
        var data: Range<Int>
    }

    /// In the order of their data.
    let tensors: [Tensor]
    private let place: String

    /// The format's own limit.
    private static let longestHeader = 100_000_000

    private static let remedy = "write it again with safetensors' save_file"

    /// Reads the header and checks that the tensors fill the rest of the file without a gap or an overlap.
    ///
    /// - Throws: `.badData` if they do not, or if the header cannot be read.
    init(of file: MappedFile) throws(ShardError) {
        place = file.path
        let text = try Self.text(of: file)
        let header: Header
        do {
            header = try JSONDecoder().decode(Header.self, from: Data(file.bytes(in: text)))
        } catch {
            throw ShardError(.badData, "malformed safetensors header", at: file.path, fix: Self.remedy)
        }
        tensors = try Self.place(header, between: text.upperBound, and: file)
    }

    /// The tensor with that key, or the only one.
    func tensor(named key: String?) throws(ShardError) -> Tensor {
        tensors[try ArrayNames(place: place, keys: tensors.map(\.key)).index(of: key)]
    }

    /// Where the JSON text is.
    private static func text(of file: MappedFile) throws(ShardError) -> Range<Int> {
        var reader = ByteReader(file.bytes(in: 0..<min(8, file.byteCount)))
        guard let length = reader.integer(UInt64.self) else {
            throw ShardError(.badData, "empty or truncated safetensors file", at: file.path, fix: remedy)
        }
        guard length <= longestHeader else {
            throw ShardError(
                .badData,
                "not a safetensors file: a header of \(length) bytes is too long",
                at: file.path,
                fix: remedy
            )
        }
        guard Int(length) <= file.byteCount - 8 else {
            throw ShardError(
                .badData,
                "truncated inside the safetensors header",
                at: file.path,
                fix: "copy the file again"
            )
        }
        return 8..<8 + Int(length)
    }

    private static func place(
        _ header: Header,
        between start: Int,
        and file: MappedFile
    ) throws(ShardError) -> [Tensor] {
        let available = file.byteCount - start
        let ordered = header.tensors.sorted { ($0.1.begin, $0.1.end, $0.0) < ($1.1.begin, $1.1.end, $1.0) }
        var end = 0
        for (key, entry) in ordered {
            guard entry.begin == end, entry.end >= entry.begin, entry.shape.allSatisfy({ $0 >= 0 }) else {
                throw ShardError(
                    .badData,
                    "a tensor's offsets or shape are wrong",
                    at: "\(file.path):\(key)",
                    fix: remedy
                )
            }
            end = entry.end
        }
        guard end <= available else {
            throw ShardError(
                .badData,
                "truncated, \(end - available) bytes are missing",
                at: file.path,
                fix: "copy the file again"
            )
        }
        guard end == available else {
            throw ShardError(
                .badData,
                "\(available - end) extra bytes after the last tensor",
                at: file.path,
                fix: remedy
            )
        }
        return ordered.map { key, entry in
            Tensor(
                key: key,
                elementType: entry.elementType,
                shape: entry.shape,
                data: start + entry.begin..<start + entry.end
            )
        }
    }
}

/// The JSON object, whose keys are the tensors' names and `__metadata__`.
private struct Header: Decodable {
    struct Entry: Decodable {
        var elementType: String
        var shape: [Int]
        var begin: Int
        var end: Int

        private enum CodingKeys: String, CodingKey {
            case elementType = "dtype"
            case shape
            case offsets = "data_offsets"
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            elementType = try fields.decode(String.self, forKey: .elementType)
            shape = try fields.decode([Int].self, forKey: .shape)
            let offsets = try fields.decode([Int].self, forKey: .offsets)
            guard offsets.count == 2 else {
                throw DecodingError.dataCorruptedError(
                    forKey: .offsets,
                    in: fields,
                    debugDescription: "not two offsets"
                )
            }
            (begin, end) = (offsets[0], offsets[1])
        }
    }

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            return nil
        }
    }

    var tensors: [(String, Entry)]

    init(from decoder: any Decoder) throws {
        let names = try decoder.container(keyedBy: Name.self)
        tensors = try names.allKeys
            .filter { $0.stringValue != "__metadata__" }
            .map { ($0.stringValue, try names.decode(Entry.self, forKey: $0)) }
    }
}
