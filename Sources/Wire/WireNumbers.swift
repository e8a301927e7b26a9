import Glibc

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

/// Numbers of one kind, in the array that they were given in: neither sending nor taking them out copies it.
///
/// Both ends are little-endian, which the envelope's version stands for, so the array's memory is what is sent.
package enum WireNumbers: Sendable {
    case float32([Float])
    case float64([Double])
    case int32([Int32])
    case int64([Int64])
    case uint8([UInt8])

    package var elementType: WireElement {
        switch self {
        case .float32: .float32
        case .float64: .float64
        case .int32: .int32
        case .int64: .int64
        case .uint8: .uint8
        }
    }

    package var byteCount: Int {
        let count =
            switch self {
            case .float32(let values): values.count
            case .float64(let values): values.count
            case .int32(let values): values.count
            case .int64(let values): values.count
            case .uint8(let values): values.count
            }
        return count * elementType.byteCount
    }

    /// Lends the bytes.
    package func withBytes<Answer, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        switch self {
        case .float32(let values): try body(unsafe values.span.bytes)
        case .float64(let values): try body(unsafe values.span.bytes)
        case .int32(let values): try body(unsafe values.span.bytes)
        case .int64(let values): try body(unsafe values.span.bytes)
        case .uint8(let values): try body(unsafe values.span.bytes)
        }
    }

    /// Numbers of a kind whose bytes are written by `fill`, all of them.
    ///
    /// - Parameter count: of bytes; a multiple of what a number has.
    init(_ elementType: WireElement, byteCount count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        self =
            switch elementType {
            case .float32: .float32(unsafe Self.array(count, fill))
            case .float64: .float64(unsafe Self.array(count, fill))
            case .int32: .int32(unsafe Self.array(count, fill))
            case .int64: .int64(unsafe Self.array(count, fill))
            case .uint8: .uint8(unsafe Self.array(count, fill))
            }
    }

    private static func array<Number: BitwiseCopyable>(
        _ byteCount: Int,
        _ fill: (UnsafeMutableRawBufferPointer) -> Void
    ) -> [Number] {
        let (count, rest) = byteCount.quotientAndRemainder(dividingBy: MemoryLayout<Number>.stride)
        precondition(rest == 0, "\(byteCount) bytes of \(Number.self)")
        return unsafe [Number](unsafeUninitializedCapacity: count) { buffer, initialised in
            unsafe fill(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<byteCount]))
            initialised = count
        }
    }
}

extension WireNumbers: Equatable {
    /// Whether kind and bytes are the same: a NaN equals itself, and 0 is not -0.
    package static func == (left: WireNumbers, right: WireNumbers) -> Bool {
        guard left.elementType == right.elementType, left.byteCount == right.byteCount else { return false }
        return left.withBytes { left in right.withBytes { right in isEqual(left, right) } }
    }

    private static func isEqual(_ left: RawSpan, _ right: RawSpan) -> Bool {
        unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return unsafe memcmp(first, second, left.count) == 0
            }
        }
    }
}
