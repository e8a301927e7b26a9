// Numbers to bytes and back. Both ends are little-endian, which the envelope's version stands for.

/// Numbers that a tensor can hold.
package protocol WireNumber: BitwiseCopyable, Sendable {
    static var wireElement: WireElement { get }
    static var zero: Self { get }
}

extension Float: WireNumber {
    package static var wireElement: WireElement { .float32 }
}

extension Double: WireNumber {
    package static var wireElement: WireElement { .float64 }
}

extension Int32: WireNumber {
    package static var wireElement: WireElement { .int32 }
}

extension Int64: WireNumber {
    package static var wireElement: WireElement { .int64 }
}

extension WireTensor {
    package init<Number: WireNumber>(name: String, shape: [Int], _ values: [Number]) {
        let bytes = unsafe values.withUnsafeBytes { unsafe [UInt8]($0) }
        self.init(name: name, elementType: Number.wireElement, shape: shape, bytes: bytes)
    }

    /// The numbers, which must be of the kind that the tensor says it holds.
    package func values<Number: WireNumber>() -> [Number] {
        precondition(elementType == Number.wireElement, "\(name) holds \(elementType), not \(Number.self)")
        let count = bytes.count / elementType.byteCount
        return unsafe [Number](unsafeUninitializedCapacity: count) { buffer, initialised in
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(source))
            }
            initialised = count
        }
    }

    /// CRC32C over the bytes of several tensors, one after the other.
    package static func checksum(of tensors: [WireTensor]) -> UInt32 {
        tensors.reduce(0) { unsafe Checksum.crc32c(over: $1.bytes.span.bytes, continuing: $0) }
    }
}
