import CProtobufC
import CProtocols
import Coordination

extension EnvelopeHeader {
    /// Reads an envelope frame.
    ///
    /// - Throws: `.version` for another version of the protocol, and `.malformed` for anything that breaks
    ///   `WireLimit` or that the Swift types cannot hold.
    init(decoding bytes: RawSpan) throws(WireError) {
        self = try unsafe bytes.withUnsafeBytes { (buffer) throws(WireError) -> Self in
            let envelope = try unsafe DecodedEnvelope.unpacked(buffer)
            return try unsafe Self(envelope.tree.pointee)
        }
    }

    init(decoding bytes: [UInt8]) throws(WireError) {
        try unsafe self.init(decoding: bytes.span.bytes)
    }

    private init(_ envelope: Coterie__V1__Envelope) throws(WireError) {
        term = unsafe Term(envelope.term)
        cause = unsafe envelope.cause
        transfer = unsafe envelope.transfer
        try Field.check(count: unsafe envelope.n_tensors, "tensors")
        for index in unsafe 0..<envelope.n_tensors {
            guard let header = unsafe envelope.tensors[index] else { throw .malformed("a tensor without a header") }
            tensors.append(try unsafe TensorHeader(header.pointee))
        }
        if unsafe envelope.body_case == COTERIE__V1__ENVELOPE__BODY_CHUNK {
            guard let chunk = unsafe envelope.chunk else { throw .malformed("a chunk without its place") }
            body = .chunk(try unsafe Chunk(chunk.pointee))
            guard tensors.isEmpty, transfer == 0 else { throw .malformed("a chunk with tensors of its own") }
        } else {
            body = .message(try unsafe Message(envelope))
        }
        guard transfer == 0 || !tensors.isEmpty else { throw .malformed("a transfer of no tensors") }
    }
}

extension TensorHeader {
    fileprivate init(_ header: Coterie__V1__TensorHeader) throws(WireError) {
        let name = try unsafe Field.text(header.name, atMost: WireLimit.nameBytes, "a tensor's name")
        guard let elementType = unsafe WireElement(rawValue: header.element_type.rawValue) else {
            throw .malformed("tensor '\(name)' has elements of unknown type \(unsafe header.element_type.rawValue)")
        }
        guard unsafe header.n_shape <= WireLimit.dimensions else {
            throw .malformed("tensor '\(name)' has \(unsafe header.n_shape) dimensions")
        }
        var shape: [Int] = []
        for index in unsafe 0..<header.n_shape {
            shape.append(try Field.count(unsafe header.shape[index], "a length of tensor '\(name)'"))
        }
        let byteCount = try Field.count(unsafe header.byte_count, "the size of tensor '\(name)'")
        guard WireTensor.byteCount(of: elementType, shape: shape) == byteCount else {
            throw .malformed("tensor '\(name)' of shape \(shape) cannot have \(byteCount) bytes")
        }
        self.init(
            name: name,
            elementType: elementType,
            shape: shape,
            byteCount: byteCount,
            checksum: unsafe header.crc32c
        )
    }
}

extension Chunk {
    fileprivate init(_ chunk: Coterie__V1__Chunk) throws(WireError) {
        transfer = unsafe chunk.transfer
        tensor = try Field.count(unsafe UInt64(chunk.tensor), "a tensor's place")
        offset = try Field.count(unsafe chunk.offset, "a chunk's offset")
        total = try Field.count(unsafe chunk.total, "a tensor's size")
        checksum = unsafe chunk.crc32c
        guard transfer != 0 else { throw .malformed("a chunk of transfer 0") }
        guard tensor < WireLimit.elements else { throw .malformed("a chunk of tensor \(tensor)") }
        guard offset < total else { throw .malformed("a chunk at byte \(offset) of \(total)") }
    }
}
