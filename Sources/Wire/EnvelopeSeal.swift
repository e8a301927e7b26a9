/// The end of every envelope frame: the CRC32C of what stands before it.
///
/// Nothing else would tell one bit of a seed or of a block's number that changed on the way: TCP's own checksum misses
/// some damage, and much of it happens in memory, behind that checksum. It is written as a field of the envelope
/// (`fixed32 seal = 15`, last), so that the frame is protobuf still.
enum EnvelopeSeal {
    private static let tag: UInt8 = 15 << 3 | 5
    private static let byteCount = 5

    static func sealed(_ envelope: [UInt8]) -> [UInt8] {
        let checksum = Checksum.crc32c(over: envelope[...])
        return envelope + [tag] + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
    }

    /// Reads an envelope frame.
    ///
    /// - Throws: `.malformed` for one that is not as it was sent; `.version` for one without a seal that is of another
    ///   version; and as `EnvelopeHeader(decoding:)`.
    static func open(_ frame: RawSpan) throws(WireError) -> EnvelopeHeader {
        let end = frame.byteCount - byteCount
        guard end >= 0, byte(of: frame, at: end) == tag else {
            try DecodedEnvelope.checkVersion(of: frame)
            throw .malformed("an envelope without its checksum")
        }
        let content = frame.extracting(first: end)
        let found = (1...4).reduce(UInt32(0)) { $0 | UInt32(byte(of: frame, at: end + $1)) << (8 * UInt32($1 - 1)) }
        // Before the version, which may be what was damaged: its sender would be sent away for it.
        guard Checksum.crc32c(over: content) == found else {
            throw .malformed("an envelope that does not match its checksum")
        }
        return try EnvelopeHeader(decoding: content)
    }

    private static func byte(of frame: RawSpan, at place: Int) -> UInt8 {
        unsafe frame.unsafeLoad(fromByteOffset: place, as: UInt8.self)
    }
}
