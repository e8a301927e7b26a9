import CChecksums

/// CRC32C (Castagnoli), which frames and partials are checked with.
///
/// Debian 12 packages no CRC32C library, hence CChecksums: the instruction of SSE 4.2 or ARMv8 where there is one, and
/// tables elsewhere. It finds accidents; against malice there is CURVE.
package enum Checksum {
    /// - Parameters:
    ///   - bytes: any number of bytes.
    ///   - before: the CRC32C of the bytes that precede them; 0 for none.
    package static func crc32c(over bytes: RawSpan, continuing before: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe cc_crc32c(before, $0.baseAddress, $0.count) }
    }

    /// The same by tables alone.
    static func crc32cByTables(over bytes: RawSpan, continuing before: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe cc_crc32c_tables(before, $0.baseAddress, $0.count) }
    }

    /// The CRC32C of bytes and others behind them, from the CRC32C of each; `count` is the number of the second bytes.
    static func joined(_ first: UInt32, _ second: UInt32, count: Int) -> UInt32 {
        cc_crc32c_joined(first, second, count)
    }

    static func crc32c(over bytes: ArraySlice<UInt8>, continuing before: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe crc32c(over: $0.bytes, continuing: before) }
    }
}
