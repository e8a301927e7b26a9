/// Writes whole arrays as `.npy`: float32, float64, int32 or int64, version 1, aside and then renamed.
package enum NumpyWriter {
    /// Writes a matrix of `rows` times `columns`, one row after the other in `values`.
    ///
    /// - Throws: `.cannotCreate` or `.inputOutput`; nothing is left behind then.
    package static func write<Element: NumpyElement>(
        _ values: [Element],
        rows: Int,
        columns: Int,
        to path: String
    ) throws(ShardError) {
        precondition(values.count == rows * columns, "\(values.count) numbers for \(rows) × \(columns)")
        try write(values, shape: [rows, columns], to: path)
    }

    /// Writes a vector.
    ///
    /// - Throws: `.cannotCreate` or `.inputOutput`; nothing is left behind then.
    package static func write<Element: NumpyElement>(_ values: [Element], to path: String) throws(ShardError) {
        try write(values, shape: [values.count], to: path)
    }

    private static func write<Element: NumpyElement>(
        _ values: [Element],
        shape: [Int],
        to path: String
    ) throws(ShardError) {
        let file = try AtomicFile(path: path)
        try file.write(unsafe NumpyHeader.bytes(descriptor: Element.numpyDescriptor, shape: shape).span.bytes)
        try file.write(unsafe values.span.bytes)
        try file.commit()
    }
}

extension NumpyHeader {
    /// A version 1 header as numpy writes it: the data after it begin at a multiple of 64 bytes.
    static func bytes(descriptor: String, shape: [Int]) -> [UInt8] {
        let lengths = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
        let text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(lengths)), }"
        let beforeText = 10
        let padding = 63 - (beforeText + text.utf8.count) % 64
        let length = text.utf8.count + padding + 1
        return [0x93] + "NUMPY".utf8 + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
            + text.utf8 + [UInt8](repeating: 0x20, count: padding) + [0x0A]
    }
}
