import CKernels

/// Stored numbers to Float and Double.
package enum Conversion {
    /// Converts as many numbers as `destination` holds; `source` holds exactly those, at any alignment.
    ///
    /// Exact unless the type is wider than Float: then rounded to nearest even (float64 beyond Float's range becomes
    /// infinite, which `RowStatistics` reports).
    package static func widen(_ source: RawSpan, of type: ElementType, into destination: inout MutableSpan<Float>) {
        widen(source, of: type, into: &destination, using: .best)
    }

    /// Converts as many numbers as `destination` holds; `source` holds exactly those, at any alignment.
    ///
    /// Exact for every type.
    package static func widen(_ source: RawSpan, of type: ElementType, into destination: inout MutableSpan<Double>) {
        widen(source, of: type, into: &destination, using: .best)
    }

    /// Lends stored float32 numbers as they lie; nil where this machine does not read them so.
    package static func withFloats<Result>(
        in source: RawSpan,
        _ body: (Span<Float>) throws -> Result
    ) rethrows -> Result? {
        try unsafe source.withUnsafeBytes { bytes in
            guard 1.littleEndian == 1, let start = bytes.baseAddress,
                Int(bitPattern: start).isMultiple(of: MemoryLayout<Float>.alignment)
            else { return nil }
            return try unsafe body(Span(_unsafeElements: bytes.bindMemory(to: Float.self)))
        }
    }

    /// Copies a matrix that is stored column by column, row by row.
    ///
    /// - Parameters:
    ///   - source: `rows * columns` numbers of 1, 2, 4 or 8 bytes each, at any alignment.
    ///   - destination: as many bytes.
    package static func transpose(
        _ source: RawSpan,
        rows: Int,
        columns: Int,
        into destination: inout MutableSpan<UInt8>
    ) {
        let count = rows * columns
        let width = source.byteCount / max(count, 1)
        precondition(
            source.byteCount == count * width && destination.count == source.byteCount && [1, 2, 4, 8].contains(width),
            "\(source.byteCount) bytes to \(destination.count) as \(rows) × \(columns)"
        )
        unsafe source.withUnsafeBytes { source in
            unsafe destination.withUnsafeMutableBufferPointer { destination in
                unsafe ck_transpose(source.baseAddress, destination.baseAddress, rows, columns, width)
            }
        }
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
        unsafe withPointers(source, of: type, &destination) { from, to, count in
            if type == .float32 {
                unsafe UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: source.byteCount)
            } else {
                unsafe ck_to_float(from, to, count, type.kernelArgument, set.kernelArgument)
            }
        }
    }

    static func widen(
        _ source: RawSpan,
        of type: ElementType,
        into destination: inout MutableSpan<Double>,
        using set: InstructionSet
    ) {
        unsafe withPointers(source, of: type, &destination) { from, to, count in
            if type == .float64 {
                unsafe UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: source.byteCount)
            } else {
                unsafe ck_to_double(from, to, count, type.kernelArgument, set.kernelArgument)
            }
        }
    }

    private static func withPointers<Number>(
        _ source: RawSpan,
        of type: ElementType,
        _ destination: inout MutableSpan<Number>,
        _ body: (_ from: UnsafeRawPointer, _ to: UnsafeMutablePointer<Number>, _ count: Int) -> Void
    ) {
        let count = destination.count
        precondition(source.byteCount == count * type.byteCount, "\(source.byteCount) bytes are not \(count) numbers")
        unsafe source.withUnsafeBytes { source in
            unsafe destination.withUnsafeMutableBufferPointer { destination in
                guard let from = source.baseAddress, let to = destination.baseAddress else { return }
                unsafe body(from, to, count)
            }
        }
    }
}

extension ElementType {
    fileprivate var kernelArgument: ck_element_type {
        switch self {
        case .float16: ck_float16
        case .float32: ck_float32
        case .float64: ck_float64
        case .bfloat16: ck_bfloat16
        case .bool: ck_bool
        case .int8: ck_int8
        case .uint8: ck_uint8
        case .int16: ck_int16
        case .uint16: ck_uint16
        case .int32: ck_int32
        case .uint32: ck_uint32
        case .bigEndianFloat16: ck_float16_swapped
        case .bigEndianFloat32: ck_float32_swapped
        case .bigEndianFloat64: ck_float64_swapped
        case .bigEndianInt16: ck_int16_swapped
        case .bigEndianUInt16: ck_uint16_swapped
        case .bigEndianInt32: ck_int32_swapped
        case .bigEndianUInt32: ck_uint32_swapped
        }
    }
}
