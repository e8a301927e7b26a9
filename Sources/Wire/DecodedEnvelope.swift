import CProtobufC
import CProtocols
import Glibc

/// What protobuf-c makes of an envelope frame; freed with the value.
///
/// Values are read out at once and no pointer leaves this module.
@safe
struct DecodedEnvelope: ~Copyable {
    let tree: UnsafeMutablePointer<Coterie__V1__Envelope>

    private init(owning tree: UnsafeMutablePointer<Coterie__V1__Envelope>) {
        unsafe self.tree = unsafe tree
    }

    /// - Throws: `.malformed` for a frame that is too large or no envelope; `.version` for one of another version.
    static func unpacked(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> DecodedEnvelope {
        let count = bytes.count
        guard count <= WireLimit.envelopeBytes else {
            throw .malformed("an envelope of \(count) bytes, where \(WireLimit.envelopeBytes) are allowed")
        }
        // Before the rest is understood: another version may mean anything by it.
        if let version = unsafe leadingVersion(bytes) {
            try check(version: version)
        }
        let data = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let envelope = unsafe DecodedEnvelope(owning: try unpack(data, count))
        try check(version: unsafe UInt64(envelope.tree.pointee.version))
        return envelope
    }

    /// - Throws: `.version` for a frame that begins with another version.
    static func checkVersion(of frame: RawSpan) throws(WireError) {
        let version = unsafe frame.withUnsafeBytes { unsafe leadingVersion($0) }
        if let version { try check(version: version) }
    }

    /// Lets protobuf-c allocate no more than `WireLimit.decodedBytes`: two bytes of an envelope can ask for a hundred, and
    /// how many parts there are is known only when all of them have been made.
    private static func unpack(
        _ data: UnsafePointer<UInt8>?,
        _ count: Int
    ) throws(WireError) -> UnsafeMutablePointer<Coterie__V1__Envelope> {
        var room = WireLimit.decodedBytes
        let decoded = unsafe withUnsafeMutablePointer(to: &room) { room in
            var allocator = unsafe ProtobufCAllocator(
                alloc: { room, count in
                    guard let room = unsafe room?.assumingMemoryBound(to: Int.self) else { return nil }
                    unsafe room.pointee -= count
                    return unsafe room.pointee < 0 ? nil : malloc(count)
                },
                // What was freed does not count as room again, so that the work is bounded too.
                free: { _, memory in unsafe free(memory) },
                allocator_data: room
            )
            return unsafe coterie__v1__envelope__unpack(&allocator, count, data)
        }
        guard let decoded = unsafe decoded else {
            throw .malformed(room < 0 ? "an envelope of more parts than are allowed" : "not an envelope")
        }
        return unsafe decoded
    }

    deinit {
        // Without an allocator protobuf-c calls `free`, as ours does.
        unsafe coterie__v1__envelope__free_unpacked(tree, nil)
    }

    private static func check(version: UInt64) throws(WireError) {
        guard version == UInt64(Envelope.protocolVersion) else {
            throw .version(found: version, ours: Envelope.protocolVersion)
        }
    }

    /// The varint of field 1, where it comes first, as every protobuf library writes it.
    private static func leadingVersion(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
        guard bytes.count > 1, unsafe bytes[0] == 0x08 else { return nil }
        var version: UInt64 = 0
        for index in 1..<min(10, bytes.count) {
            let byte = unsafe bytes[index]
            version |= UInt64(byte & 0x7f) << UInt64(7 * (index - 1))
            if byte < 0x80 { return version }
        }
        return nil
    }
}
