/// A type of number as the header of an `.npy` file names it: byte order, kind and size.
struct NumpyType: Equatable {
    enum Kind: Character, Sendable {
        case float = "f"
        case signed = "i"
        case unsigned = "u"
        case bool = "b"
    }

    let kind: Kind
    let byteCount: Int
    let isBigEndian: Bool

    /// Takes what `np.dtype` takes for a number: `<f4`, but also `=f4`, `f`, `float32` and `single`.
    ///
    /// Nil for every other type.
    init?(_ descriptor: String) {
        let order = descriptor.first.flatMap { "<>=|".contains($0) ? $0 : nil }
        let name = String(order == nil ? descriptor[...] : descriptor.dropFirst())
        // A word is a type by itself and takes no byte order before it.
        let code = Self.characters[name] ?? (order == nil ? Self.words[name] : nil) ?? name
        guard let kind = code.first.flatMap(Kind.init), let byteCount = Int(code.dropFirst()),
            Self.sizes(of: kind).contains(byteCount)
        else { return nil }
        self.kind = kind
        self.byteCount = byteCount
        isBigEndian = order == ">" && byteCount > 1
    }

    private static func sizes(of kind: Kind) -> [Int] {
        switch kind {
        case .float: [2, 4, 8]
        case .signed, .unsigned: [1, 2, 4, 8]
        case .bool: [1]
        }
    }

    private static let characters = [
        "e": "f2", "f": "f4", "d": "f8", "?": "b1", "b": "i1", "B": "u1", "h": "i2", "H": "u2", "i": "i4", "I": "u4",
        "l": "i8", "L": "u8", "q": "i8", "Q": "u8",
    ]

    private static let words = [
        "half": "f2", "single": "f4", "double": "f8", "float": "f8", "float16": "f2", "float32": "f4", "float64": "f8",
        "bool": "b1", "int8": "i1", "int16": "i2", "int32": "i4", "int64": "i8", "int": "i8", "uint8": "u1",
        "uint16": "u2", "uint32": "u4", "uint64": "u8", "uint": "u8",
    ]

    /// The name as numpy writes it, such as `<f4` and `|u1`.
    var name: String {
        "\(byteCount == 1 ? "|" : isBigEndian ? ">" : "<")\(kind.rawValue)\(byteCount)"
    }
}
