/// What the header of an `.npy` file says, versions 1 to 3.
///
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
struct NumpyHeader: Sendable, Equatable {
    /// The type of the numbers in numpy's notation, such as `<f4`.
    var descriptor: String
    var isFortranOrder: Bool
    /// The lengths of the dimensions, none negative; empty for a single number.
    var shape: [Int]
    /// Where the numbers begin, from the beginning of the file.
    var dataOffset: Int

    /// The longest header that is read.
    ///
    /// A header of numpy's is about a hundred bytes.
    static let longestText = 1 << 16

    /// The bytes before the text of the header: magic, version and length.
    static let longestPrefix = 12

    /// The longest header with what is before its text.
    static let longest = longestPrefix + longestText

    private static let magic: [UInt8] = [0x93] + "NUMPY".utf8

    static func hasMagic(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: magic)
    }

    /// Reads the header at the beginning of `bytes`.
    ///
    /// - Parameters:
    ///   - bytes: the file from its beginning, at least as far as the header goes, if the file goes that far.
    ///   - place: the file, for messages.
    /// - Throws: `.badData` for everything that numpy itself would not read.
    init(parsing bytes: [UInt8], at place: String) throws(ShardError) {
        var reader = ByteReader(bytes)
        guard let magic = reader.take(Self.magic.count), magic.elementsEqual(Self.magic) else {
            throw ShardError(.badData, "not an .npy file, its first bytes differ", at: place, fix: Self.remedy)
        }
        let length = try Self.textLength(&reader, place)
        guard let text = reader.take(length) else {
            throw ShardError(.badData, "truncated inside the .npy header", at: place, fix: "copy the file again")
        }
        var literal = PythonLiteral(text)
        do {
            let fields = try literal.headerFields()
            descriptor = fields.descriptor
            isFortranOrder = fields.isFortranOrder
            shape = fields.shape
        } catch {
            throw ShardError(.badData, "malformed .npy header, \(error.reason)", at: place, fix: Self.remedy)
        }
        dataOffset = reader.position
    }

    private static let remedy = "write it again with np.save"

    /// Reads the version and the length of the text.
    private static func textLength(_ reader: inout ByteReader, _ place: String) throws(ShardError) -> Int {
        let major = reader.integer(UInt8.self)
        let minor = reader.integer(UInt8.self)
        guard let major, let minor else {
            throw ShardError(.badData, "truncated inside the .npy header", at: place, fix: "copy the file again")
        }
        guard (1...3).contains(major), minor == 0 else {
            throw ShardError(.badData, "unknown .npy version \(major).\(minor)", at: place, fix: remedy)
        }
        let length = major == 1 ? reader.integer(UInt16.self).map(Int.init) : reader.integer(UInt32.self).map(Int.init)
        guard let length else {
            throw ShardError(.badData, "truncated inside the .npy header", at: place, fix: "copy the file again")
        }
        guard length <= longestText else {
            throw ShardError(.badData, "an .npy header of \(length) bytes is too long", at: place, fix: remedy)
        }
        return length
    }
}

extension NumpyHeader {
    /// The header of an array inside a mapped file, whose bytes are those of `range`.
    ///
    /// `dataOffset` counts from there.
    init(in file: MappedFile, range: Range<Int>, at place: String) throws(ShardError) {
        let end = min(range.upperBound, range.lowerBound + Self.longest)
        try self.init(parsing: file.bytes(in: range.lowerBound..<end), at: place)
    }
}
