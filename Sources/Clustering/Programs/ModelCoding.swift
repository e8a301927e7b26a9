package import Tensors

/// What can be written down so that it is read back with the same bits, whatever the bits mean.
///
/// The form is this version's own: it lives no longer than a run.
package protocol ModelCoded {
    init(from reader: inout ModelReader) throws
    func write(to writer: inout ModelWriter)
}

/// Writes a model as bytes: numbers as they are in memory, every list after its length.
package struct ModelWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func write(_ value: some ModelCoded) { value.write(to: &self) }

    /// A list of numbers in one piece.
    package mutating func write(numbers: [some RawNumber]) {
        write(numbers.count)
        bytes += RawNumbers.bytes(of: numbers)
    }

    fileprivate mutating func write(byte: UInt8) { bytes.append(byte) }
    fileprivate mutating func write(number: some RawNumber) { bytes += RawNumbers.bytes(of: [number]) }
}

/// Reads what a `ModelWriter` wrote, and trusts no length in it.
package struct ModelReader {
    private var rest: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) { rest = bytes[...] }

    package mutating func read<Value: ModelCoded>(_ type: Value.Type = Value.self) throws -> Value {
        try Value(from: &self)
    }

    package mutating func readNumbers<Number: RawNumber>(_ type: Number.Type = Number.self) throws -> [Number] {
        let stride = MemoryLayout<Number>.stride
        return RawNumbers.numbers(from: try take(try readCount(ofItemsOf: stride) * stride))
    }

    /// The length of a list that is still to come, each item of which takes at least so many bytes.
    fileprivate mutating func readCount(ofItemsOf byteCount: Int) throws -> Int {
        let count: Int = try readNumber()
        guard count >= 0, count <= rest.count / byteCount else { throw ClusteringError.modelUnreadable }
        return count
    }

    fileprivate mutating func readNumber<Number: RawNumber>() throws -> Number {
        RawNumbers.numbers(from: try take(MemoryLayout<Number>.stride))[0]
    }

    fileprivate mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw ClusteringError.modelUnreadable }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// - Throws: where something is left.
    package func finish() throws {
        guard rest.isEmpty else { throw ClusteringError.modelUnreadable }
    }
}

extension ClusteringError {
    static let modelUnreadable = ClusteringError(
        .badData,
        "checkpoint not understood: it is of another program or version; start the job again"
    )
}

extension Program {
    /// The model as bytes, of which `decode` makes the same model in another process.
    package func encode(_ model: Model) -> [UInt8] {
        var writer = ModelWriter()
        writer.write(Self.name)
        writer.write(model)
        return writer.bytes
    }

    /// - Throws: `ClusteringError.Code.badData` for bytes that `encode` of this program did not write.
    package func decode(_ bytes: [UInt8]) throws -> Model {
        var reader = ModelReader(bytes)
        guard try reader.read(String.self) == Self.name else { throw ClusteringError.modelUnreadable }
        let model = try reader.read(Model.self)
        try reader.finish()
        return model
    }
}

extension Int: ModelCoded {
    package init(from reader: inout ModelReader) throws { self = try reader.readNumber() }
    package func write(to writer: inout ModelWriter) { writer.write(number: self) }
}

extension UInt64: ModelCoded {
    package init(from reader: inout ModelReader) throws { self.init(bitPattern: try reader.readNumber() as Int64) }
    package func write(to writer: inout ModelWriter) { writer.write(number: Int64(bitPattern: self)) }
}

extension Double: ModelCoded {
    package init(from reader: inout ModelReader) throws { self = try reader.readNumber() }
    package func write(to writer: inout ModelWriter) { writer.write(number: self) }
}

extension Bool: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        guard let byte = try reader.take(1).first, byte <= 1 else { throw ClusteringError.modelUnreadable }
        self = byte == 1
    }

    package func write(to writer: inout ModelWriter) { writer.write(byte: self ? 1 : 0) }
}

extension String: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        let bytes = try reader.take(try reader.readCount(ofItemsOf: 1))
        guard let text = String(validating: bytes, as: UTF8.self) else { throw ClusteringError.modelUnreadable }
        self = text
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(utf8.count)
        for byte in utf8 { writer.write(byte: byte) }
    }
}

extension Optional: ModelCoded where Wrapped: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        self = try reader.read(Bool.self) ? try reader.read(Wrapped.self) : nil
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(self != nil)
        if let self { writer.write(self) }
    }
}

extension Array: ModelCoded where Element: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        self = try (0..<reader.readCount(ofItemsOf: 1)).map { _ in try reader.read() }
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(count)
        for element in self { writer.write(element) }
    }
}
