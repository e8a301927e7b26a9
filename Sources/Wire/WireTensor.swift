/// How the numbers of a tensor are kept: all little-endian.
///
/// The raw value is the protocol's.
package enum WireElement: UInt32, Hashable, Sendable, CaseIterable {
    case float32 = 1
    case float64 = 2
    case int32 = 3
    case int64 = 4
    case uint8 = 5

    /// Bytes of one number.
    package var byteCount: Int {
        switch self {
        case .uint8: 1
        case .float32, .int32: 4
        case .float64, .int64: 8
        }
    }
}

/// An array of numbers that travels with a message, as the bytes it is.
package struct WireTensor: Sendable, Equatable {
    package var name: String
    package var elementType: WireElement
    /// The length of each dimension; none for a single number.
    package var shape: [Int]
    /// The numbers in row order.
    package var bytes: [UInt8]

    package init(name: String, elementType: WireElement, shape: [Int], bytes: [UInt8]) {
        self.name = name
        self.elementType = elementType
        self.shape = shape
        self.bytes = bytes
    }

    /// Whether there are as many bytes as the shape asks for.
    package var isValid: Bool {
        Self.byteCount(of: elementType, shape: shape) == bytes.count
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
