/// How the numbers of a file are stored, by numpy's notation.
package enum ElementType: String, Sendable, CaseIterable {
    case float16 = "<f2"
    case float32 = "<f4"
    case float64 = "<f8"

    package var byteCount: Int {
        switch self {
        case .float16: 2
        case .float32: 4
        case .float64: 8
        }
    }
}

package enum Conversion {
    package static func widen(_ source: RawSpan, of type: ElementType, into destination: inout MutableSpan<Float>) {
        for index in destination.indices {
            let offset = index * type.byteCount
            switch type {
            case .float16:
                destination[index] = Float(
                    Float16(bitPattern: unsafe source.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)))
            case .float32:
                destination[index] = unsafe source.unsafeLoadUnaligned(fromByteOffset: offset, as: Float.self)
            case .float64:
                destination[index] = Float(
                    unsafe source.unsafeLoadUnaligned(fromByteOffset: offset, as: Double.self))
            }
        }
    }
}
