/// How a stored array keeps its numbers; the raw value is numpy's name for it, but for bfloat16, which numpy lacks.
package enum ElementType: String, Sendable, CaseIterable {
    case float16 = "<f2"
    case float32 = "<f4"
    case float64 = "<f8"
    /// The upper half of a float32.
    case bfloat16 = "bfloat16"
    /// A byte; everything but 0 counts as 1.
    case bool = "|b1"
    case int8 = "|i1"
    case uint8 = "|u1"
    case int16 = "<i2"
    case uint16 = "<u2"
    case int32 = "<i4"
    case uint32 = "<u4"
    case bigEndianFloat16 = ">f2"
    case bigEndianFloat32 = ">f4"
    case bigEndianFloat64 = ">f8"
    case bigEndianInt16 = ">i2"
    case bigEndianUInt16 = ">u2"
    case bigEndianInt32 = ">i4"
    case bigEndianUInt32 = ">u4"

    /// Bytes of one number.
    package var byteCount: Int {
        switch self {
        case .bool, .int8, .uint8: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .bigEndianFloat16, .bigEndianInt16, .bigEndianUInt16: 2
        case .float32, .int32, .uint32: 4
        case .bigEndianFloat32, .bigEndianInt32, .bigEndianUInt32: 4
        case .float64, .bigEndianFloat64: 8
        }
    }

    /// Whether there are numbers of this type that a Float does not hold; a Double holds those of all types.
    package var isWiderThanFloat: Bool {
        switch self {
        case .float64, .bigEndianFloat64, .int32, .bigEndianInt32, .uint32, .bigEndianUInt32: true
        default: false
        }
    }
}
