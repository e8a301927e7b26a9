import CKernels

/// Stored numbers to Float.
package enum Conversion {
    /// Converts as many numbers as `destination` holds; `source` holds exactly those, little-endian, at any alignment.
    ///
    /// float16 is exact, float32 is copied, float64 is rounded to nearest even (beyond Float's range it becomes
    /// infinite, which `RowStatistics` reports).
    package static func widen(_ source: RawSpan, of type: ElementType, into destination: inout MutableSpan<Float>) {
        widen(source, of: type, into: &destination, using: .best)
    }

    /// Asks the processor for numbers that will be widened soon, so that they need not be waited for then.
    package static func fetch(_ source: RawSpan) {
        unsafe source.withUnsafeBytes { unsafe ck_fetch($0.baseAddress, $0.count) }
    }

    static func widen(
        _ source: RawSpan,
        of type: ElementType,
        into destination: inout MutableSpan<Float>,
        using set: InstructionSet
    ) {
        let count = destination.count
        precondition(source.byteCount == count * type.byteCount, "\(source.byteCount) bytes are not \(count) numbers")
        unsafe source.withUnsafeBytes { source in
            unsafe destination.withUnsafeMutableBufferPointer { destination in
                guard let from = source.baseAddress, let to = destination.baseAddress else { return }
                switch type {
                case .float16: unsafe ck_widen_half(from, to, count, set.kernelArgument)
                case .float32: unsafe UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: source.count)
                case .float64: unsafe ck_narrow_double(from, to, count, set.kernelArgument)
                }
            }
        }
    }
}
