/// A number of which every pattern of bits is a value.
package protocol RawNumber: BitwiseCopyable, Sendable {}

extension Float: RawNumber {}
extension Double: RawNumber {}
extension Int: RawNumber {}
extension Int32: RawNumber {}
extension Int64: RawNumber {}

/// Numbers as the bytes they are in memory, little-endian on every machine this runs on: no bit is lost either way.
package enum RawNumbers {
    package static func bytes<Number: RawNumber>(of numbers: [Number]) -> [UInt8] {
        unsafe numbers.withUnsafeBytes { unsafe [UInt8]($0) }
    }

    /// - Parameter bytes: a whole number of numbers.
    package static func numbers<Number: RawNumber>(from bytes: ArraySlice<UInt8>) -> [Number] {
        let count = bytes.count / MemoryLayout<Number>.stride
        precondition(count * MemoryLayout<Number>.stride == bytes.count, "\(bytes.count) bytes of \(Number.self)")
        return unsafe [Number](unsafeUninitializedCapacity: count) { buffer, initialised in
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
            }
            initialised = count
        }
    }
}
