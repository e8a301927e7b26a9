/// The ZeroMQ messages that carry one envelope: the chunks of a large payload, then the envelope itself.
///
/// Frames are parts of the tensors' own arrays: nothing is copied here.
struct EnvelopeEncoder: Sendable {
    /// In the order to send them; each a list of frames.
    private(set) var messages: [[OutgoingFrame]] = []

    /// - Parameter transfer: a number this sender has not used before, from 1.
    /// - Throws: `.malformed` for an envelope that a receiver would refuse.
    init(_ envelope: Envelope, transfer: UInt64) throws(WireError) {
        let isInline = envelope.tensors.reduce(0) { $0 + $1.byteCount } <= WireLimit.inlineBytes
        var headers: [TensorHeader] = []
        for (index, tensor) in envelope.tensors.enumerated() {
            guard tensor.isValid else {
                throw .malformed(
                    "tensor '\(tensor.name)' of shape \(tensor.shape) cannot have \(tensor.byteCount) bytes"
                )
            }
            let checksums = tensor.checksums
            if !isInline { try appendChunks(of: tensor, checksums, place: index, transfer: transfer) }
            headers.append(TensorHeader(tensor, checksum: checksums.last ?? 0))
        }
        let header = EnvelopeHeader(
            term: envelope.term,
            cause: envelope.cause,
            tensors: headers,
            transfer: isInline ? 0 : transfer,
            body: .message(envelope.message)
        )
        let frames = isInline ? envelope.tensors.map { OutgoingFrame.part($0.numbers, 0..<$0.byteCount) } : []
        messages.append([.own(EnvelopeSeal.sealed(try header.encoded()))] + frames)
    }

    private mutating func appendChunks(
        of tensor: WireTensor,
        _ checksums: [UInt32],
        place: Int,
        transfer: UInt64
    ) throws(WireError) {
        let total = tensor.byteCount
        for (bytes, checksum) in zip(WireTensor.chunks(ofBytes: total), checksums) {
            let chunk = Chunk(
                transfer: transfer,
                tensor: place,
                offset: bytes.lowerBound,
                total: total,
                checksum: checksum
            )
            let header = try EnvelopeHeader(body: .chunk(chunk)).encoded()
            messages.append([.own(EnvelopeSeal.sealed(header)), .part(tensor.numbers, bytes)])
        }
    }
}

extension TensorHeader {
    fileprivate init(_ tensor: WireTensor, checksum: UInt32) {
        self.init(
            name: tensor.name,
            elementType: tensor.elementType,
            shape: tensor.shape,
            byteCount: tensor.byteCount,
            checksum: checksum
        )
    }
}
