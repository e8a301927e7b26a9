/// How a stored array keeps its numbers; the raw value is numpy's name for it.
///
/// All are little-endian.
package enum ElementType: String, Sendable, CaseIterable {
    case float16 = "<f2"
    case float32 = "<f4"
    case float64 = "<f8"

    /// Bytes of one number.
    package var byteCount: Int {
        switch self {
        case .float16: 2
        case .float32: 4
        case .float64: 8
        }
    }
}
