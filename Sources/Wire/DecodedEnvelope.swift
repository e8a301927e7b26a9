import CProtobufC
import CProtocols

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
        guard let tree = unsafe coterie__v1__envelope__unpack(nil, count, data) else {
            throw .malformed("not an envelope")
        }
        let envelope = unsafe DecodedEnvelope(owning: tree)
        try check(version: unsafe UInt64(tree.pointee.version))
        return envelope
    }

    /// - Throws: `.version` for a frame that begins with another version.
    static func checkVersion(of frame: RawSpan) throws(WireError) {
        let version = unsafe frame.withUnsafeBytes { unsafe leadingVersion($0) }
        if let version { try check(version: version) }
    }

    deinit {
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
