/// The ZeroMQ messages that carry one envelope: the chunks of a large payload, then the envelope itself.
///
/// Frames are slices of the tensors' own bytes: nothing is copied here.
package struct EnvelopeEncoder: Sendable {
    /// In the order to send them; each a list of frames.
    package private(set) var messages: [[ArraySlice<UInt8>]] = []

    /// - Parameter transfer: a number this sender has not used before, from 1.
    /// - Throws: `.malformed` for an envelope that a receiver would refuse.
    package init(_ envelope: Envelope, transfer: UInt64) throws(WireError) {
        let isInline = envelope.tensors.reduce(0) { $0 + $1.bytes.count } <= WireLimit.inlineBytes
        var headers: [TensorHeader] = []
        for (index, tensor) in envelope.tensors.enumerated() {
            guard tensor.isValid else {
                throw .malformed(
                    "tensor '\(tensor.name)' of shape \(tensor.shape) cannot have \(tensor.bytes.count) bytes"
                )
            }
            let checksum =
                isInline
                ? Checksum.crc32c(over: tensor.bytes[...])
                : try appendChunks(of: tensor.bytes, tensor: index, transfer: transfer)
            headers.append(TensorHeader(tensor, checksum: checksum))
        }
        let header = EnvelopeHeader(
            term: envelope.term,
            cause: envelope.cause,
            tensors: headers,
            transfer: isInline ? 0 : transfer,
            body: .message(envelope.message)
        )
        let frames = isInline ? envelope.tensors.map { $0.bytes[...] } : []
        messages.append([EnvelopeSeal.sealed(try header.encoded())[...]] + frames)
    }

    /// Cuts a tensor into chunks, and returns its checksum.
    private mutating func appendChunks(
        of bytes: [UInt8],
        tensor: Int,
        transfer: UInt64
    ) throws(WireError) -> UInt32 {
        var checksum: UInt32 = 0
        for start in stride(from: 0, to: bytes.count, by: WireLimit.chunkBytes) {
            let slice = bytes[start..<min(start + WireLimit.chunkBytes, bytes.count)]
            checksum = Checksum.crc32c(over: slice, continuing: checksum)
            let chunk = Chunk(
                transfer: transfer,
                tensor: tensor,
                offset: start,
                total: bytes.count,
                checksum: checksum
            )
            messages.append([EnvelopeSeal.sealed(try EnvelopeHeader(body: .chunk(chunk)).encoded())[...], slice])
        }
        return checksum
    }
}

extension TensorHeader {
    fileprivate init(_ tensor: WireTensor, checksum: UInt32) {
        self.init(
            name: tensor.name,
            elementType: tensor.elementType,
            shape: tensor.shape,
            byteCount: tensor.bytes.count,
            checksum: checksum
        )
    }
}
