/// An array of numbers that travels with a message.
package struct WireTensor: Sendable {
    package let name: String
    /// The length of each dimension; none for a single number.
    package let shape: [Int]
    /// In row order.
    package let numbers: WireNumbers
    /// Nil for a tensor that was received, which is not sent again.
    private let knownChecksums: [UInt32]?

    /// A tensor to send, to as many as there are: its checksums are made here, once.
    package init(name: String, shape: [Int], _ numbers: WireNumbers) {
        self.name = name
        self.shape = shape
        self.numbers = numbers
        knownChecksums = Self.checksums(of: numbers)
    }

    /// A tensor that was received, its bytes checked against what the header says of them.
    init(_ header: TensorHeader, _ numbers: WireNumbers) {
        name = header.name
        shape = header.shape
        self.numbers = numbers
        knownChecksums = nil
    }

    package var elementType: WireElement { numbers.elementType }

    package var byteCount: Int { numbers.byteCount }

    /// Whether there are as many bytes as the shape asks for.
    package var isValid: Bool {
        Self.byteCount(of: elementType, shape: shape) == byteCount
    }

    /// CRC32C over the bytes up to the end of each chunk that they are sent in.
    var checksums: [UInt32] { knownChecksums ?? Self.checksums(of: numbers) }

    /// CRC32C over all bytes.
    var checksum: UInt32 { checksums.last ?? 0 }

    /// CRC32C over the bytes of several tensors, one after the other.
    package static func checksum(of tensors: [WireTensor]) -> UInt32 {
        tensors.reduce(0) { Checksum.joined($0, $1.checksum, count: $1.byteCount) }
    }

    /// The bytes of each chunk of an array, in order.
    static func chunks(ofBytes count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: WireLimit.chunkBytes).map { $0..<min($0 + WireLimit.chunkBytes, count) }
    }

    private static func checksums(of numbers: WireNumbers) -> [UInt32] {
        var checksum: UInt32 = 0
        return numbers.withBytes { bytes in
            chunks(ofBytes: bytes.byteCount).map { chunk in
                checksum = Checksum.crc32c(over: bytes.extracting(chunk), continuing: checksum)
                return checksum
            }
        }
    }

    /// The bytes of an array; nil where a length is negative or there is no such number.
    static func byteCount(of elementType: WireElement, shape: [Int]) -> Int? {
        var count = elementType.byteCount
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }
}

extension WireTensor: Equatable {
    package static func == (left: WireTensor, right: WireTensor) -> Bool {
        left.name == right.name && left.shape == right.shape && left.numbers == right.numbers
    }
}
