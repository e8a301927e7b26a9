/// Reads the one Python literal an `.npy` header holds: a dictionary of a string, a truth value and a tuple of
/// integers.
///
/// Nothing else of the language is known, so nothing else can happen.
struct PythonLiteral {
    struct Malformed: Error {
        var reason: String
    }

    /// The three entries, all of which must be there once.
    struct HeaderFields {
        var descriptor: String
        var isFortranOrder: Bool
        var shape: [Int]
    }

    /// What a tuple may at most hold; numpy itself stops at 64 dimensions.
    private static let mostDimensions = 64

    private let text: ArraySlice<UInt8>
    private var position: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        position = text.startIndex
    }

    /// Reads the dictionary and the white space after it, up to the end of the text.
    mutating func headerFields() throws(Malformed) -> HeaderFields {
        var descriptor: String?
        var isFortranOrder: Bool?
        var shape: [Int]?
        try expect("{")
        while !accept("}") {
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where descriptor == nil: descriptor = try type()
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = try truthValue()
            case "shape" where shape == nil: shape = try tuple()
            default: throw Malformed(reason: "the key '\(key.shortened)' is not expected there")
            }
            guard accept(",") else {
                try expect("}")
                break
            }
        }
        skipSpace()
        guard position == text.endIndex else { throw Malformed(reason: "something follows the dictionary") }
        guard let descriptor, let isFortranOrder, let shape else {
            throw Malformed(reason: "one of descr, fortran_order and shape is missing")
        }
        return HeaderFields(descriptor: descriptor, isFortranOrder: isFortranOrder, shape: shape)
    }

    /// A type is a string, or, for records, a list, which is named so that the refusal can say what it is.
    private mutating func type() throws(Malformed) -> String {
        skipSpace()
        if position < text.endIndex, text[position] == UInt8(ascii: "[") {
            throw Malformed(reason: "records with named fields are not a matrix")
        }
        return try string()
    }

    private mutating func string() throws(Malformed) -> String {
        skipSpace()
        // Python 2 wrote `u'…'` where texts were Unicode.
        if position < text.endIndex, text[position] == UInt8(ascii: "u") { position += 1 }
        guard position < text.endIndex, text[position] == UInt8(ascii: "'") || text[position] == UInt8(ascii: "\"")
        else {
            throw Malformed(reason: "a quoted word is missing")
        }
        let quote = text[position]
        let rest = text[(position + 1)...]
        guard let end = rest.firstIndex(of: quote), !rest[..<end].contains(UInt8(ascii: "\\")) else {
            throw Malformed(reason: "a quoted word does not end")
        }
        position = end + 1
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    private mutating func truthValue() throws(Malformed) -> Bool {
        skipSpace()
        for (word, value) in [("False", false), ("True", true)] where text[position...].starts(with: word.utf8) {
            position += word.utf8.count
            return value
        }
        throw Malformed(reason: "fortran_order is neither True nor False")
    }

    private mutating func tuple() throws(Malformed) -> [Int] {
        var lengths: [Int] = []
        try expect("(")
        while !accept(")") {
            guard lengths.count < Self.mostDimensions else { throw Malformed(reason: "too many dimensions") }
            lengths.append(try wholeNumber())
            guard accept(",") else {
                // (3) is a number in Python, not a tuple.
                guard lengths.count > 1 else { throw Malformed(reason: "the shape is not a tuple") }
                try expect(")")
                break
            }
        }
        return lengths
    }

    private mutating func wholeNumber() throws(Malformed) -> Int {
        skipSpace()
        let digits = text[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
            throw Malformed(reason: "a length in the shape is not a whole number of this machine's size")
        }
        position = digits.endIndex
        // Python 2 wrote `10L`.
        if position < text.endIndex, text[position] == UInt8(ascii: "L") { position += 1 }
        return number
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < text.endIndex, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Malformed) {
        guard accept(character) else { throw Malformed(reason: "'\(character)' is missing") }
    }

    private mutating func skipSpace() {
        while position < text.endIndex, [0x20, 0x0A, 0x0D, 0x09].contains(text[position]) {
            position += 1
        }
    }
}
