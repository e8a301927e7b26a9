import CZlib

/// Decompression of deflated bytes, as zip archives hold them.
///
/// Format: RFC 1951, without the header and trailer of zlib's own.
enum Inflation {
    struct Failure: Error {
        let reason: String
    }

    /// The most that deflate shrinks: what claims more is not what it says.
    static let largestRatio = 1032

    /// Fills `destination` with the first inflated bytes, and gives their CRC-32.
    ///
    /// - Parameter isWhole: whether the deflated bytes must end where `destination` is full.
    /// - Throws: if there are fewer bytes, or, where they must end, more of them.
    static func inflate(
        _ source: RawSpan,
        into destination: inout MutableSpan<UInt8>,
        isWhole: Bool
    ) throws(Failure) -> UInt32 {
        var stream = unsafe z_stream()
        let withoutHeader: Int32 = -15
        guard
            unsafe inflateInit2_(&stream, withoutHeader, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else {
            throw Failure(reason: "no memory for zlib")
        }
        defer { unsafe inflateEnd(&stream) }
        return try unsafe source.withUnsafeBytes { (source) throws(Failure) in
            try unsafe destination.withUnsafeMutableBufferPointer { (destination) throws(Failure) in
                try unsafe run(&stream, source, destination, isWhole)
            }
        }
    }

    private static func run(
        _ stream: inout z_stream,
        _ source: UnsafeRawBufferPointer,
        _ destination: UnsafeMutableBufferPointer<UInt8>,
        _ isWhole: Bool
    ) throws(Failure) -> UInt32 {
        // zlib counts in 32 bits, and a checksum is best made of what is still in the cache.
        let longestInput = 1 << 30
        let longestOutput = 1 << 18
        var taken = 0
        var made = 0
        var checksum = crc32(0, nil, 0)
        while true {
            let input = unsafe UnsafeRawBufferPointer(rebasing: source[taken...].prefix(longestInput))
            let room = unsafe UnsafeMutableBufferPointer(rebasing: destination[made...].prefix(longestOutput))
            unsafe stream.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
            )
            unsafe stream.avail_in = UInt32(input.count)
            // A full destination still takes the mark of the end, which needs an address all the same.
            var nothing: UInt8 = 0
            let status = unsafe withUnsafeMutablePointer(to: &nothing) { nothing in
                unsafe stream.next_out = room.baseAddress ?? nothing
                unsafe stream.avail_out = UInt32(room.count)
                return unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
            }
            let count = unsafe room.count - Int(stream.avail_out)
            taken += unsafe input.count - Int(stream.avail_in)
            // Without an address it would begin anew.
            if count > 0 { unsafe checksum = crc32(checksum, room.baseAddress, UInt32(count)) }
            made += count
            if !isWhole, made == destination.count { return UInt32(checksum) }
            switch status {
            case Z_STREAM_END where made == destination.count: return UInt32(checksum)
            case Z_STREAM_END: throw Failure(reason: "it ends early")
            case Z_OK where taken < source.count || (count > 0 && made < destination.count): continue
            case Z_OK, Z_BUF_ERROR:
                throw Failure(reason: made == destination.count ? "it does not end" : "it is cut short")
            default: throw Failure(reason: "it is not deflated")
            }
        }
    }
}
