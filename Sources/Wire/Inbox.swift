import CZeroMQ
import Coordination

/// Makes messages of the frames that a socket receives.
struct Inbox {
    /// What one ZeroMQ message was.
    enum Content {
        case envelope(Envelope)
        /// Part of a transfer.
        case chunk
        case malformed(WireError)
    }

    var assembler: TransferAssembler
    /// What was received.
    private(set) var received = Traffic.Direction()

    init(limit: Int) {
        assembler = TransferAssembler(limit: limit)
    }

    /// Takes the rest of a message whose first frame was taken.
    ///
    /// - Parameter keepsChunks: whether the peer may have arrays put together here. Those of another are dropped as they
    ///   come, and its messages have none.
    /// - Throws: `.transport` when the socket fails. Whatever a peer sends is an answer.
    mutating func take(
        _ frames: inout FrameReader,
        from socket: borrowing Socket,
        peer: WorkerID,
        keepsChunks: Bool
    ) throws(WireError) -> Content {
        let content: Content
        do {
            content = try read(&frames, socket, peer, keepsChunks)
        } catch  where error.code == .transport {
            throw error
        } catch {
            content = .malformed(error)
        }
        try frames.skipRest(socket)
        received.add(bytes: frames.byteCount, isHeartbeat: content.isHeartbeat)
        return content
    }

    private mutating func read(
        _ frames: inout FrameReader,
        _ socket: borrowing Socket,
        _ peer: WorkerID,
        _ keepsChunks: Bool
    ) throws(WireError) -> Content {
        let header = try frames.buffer.withBytes { (bytes) throws(WireError) -> EnvelopeHeader in
            try EnvelopeSeal.open(bytes)
        }
        switch header.body {
        case .chunk(let chunk):
            try frames.require(socket, "a chunk without its bytes")
            guard keepsChunks else { return .chunk }
            // Before the frame is the assembler's and no longer says whether another follows.
            try frames.requireEnd()
            try assembler.add(chunk, frames.buffer, from: peer)
            return .chunk
        case .message(let message):
            let tensors: [WireTensor] =
                if header.transfer == 0 {
                    try inlineTensors(header.tensors, &frames, socket)
                } else if keepsChunks {
                    try assembler.finish(header.transfer, header.tensors, from: peer)
                } else {
                    []
                }
            try frames.requireEnd()
            return .envelope(
                Envelope(term: header.term, cause: header.cause, message: message, tensors: tensors)
            )
        }
    }

    private func inlineTensors(
        _ headers: [TensorHeader],
        _ frames: inout FrameReader,
        _ socket: borrowing Socket
    ) throws(WireError) -> [WireTensor] {
        var room = WireLimit.inlineBytes
        var tensors: [WireTensor] = []
        for header in headers {
            guard header.byteCount <= room else {
                throw .malformed("tensors of more than \(WireLimit.inlineBytes) bytes that did not come in chunks")
            }
            room -= header.byteCount
            try frames.require(socket, "tensor '\(header.name)' without its bytes")
            guard frames.buffer.count == header.byteCount else {
                throw .malformed(
                    "tensor '\(header.name)' has \(frames.buffer.count) bytes where \(header.byteCount) were announced"
                )
            }
            tensors.append(
                try frames.buffer.withBytes { (bytes) throws(WireError) in try header.tensor(of: bytes) }
            )
        }
        return tensors
    }
}

extension Inbox.Content {
    fileprivate var isHeartbeat: Bool {
        if case .envelope(let envelope) = self { envelope.message.isHeartbeat } else { false }
    }
}

/// The frames of one message, one after the other.
struct FrameReader: ~Copyable {
    /// The frame that was taken last.
    let buffer = MessageBuffer()
    /// Bytes of all frames so far.
    private(set) var byteCount = 0

    /// Takes the next frame; false if none is there.
    ///
    /// libzmq hands over a message once all its frames are here.
    mutating func advance(_ socket: borrowing Socket) throws(WireError) -> Bool {
        guard try socket.receive(into: buffer) else { return false }
        byteCount += buffer.count
        return true
    }

    mutating func require(_ socket: borrowing Socket, _ otherwise: String) throws(WireError) {
        guard buffer.hasMore, try advance(socket) else { throw .malformed(otherwise) }
    }

    func requireEnd() throws(WireError) {
        guard !buffer.hasMore else { throw .malformed("frames that nothing announced") }
    }

    mutating func skipRest(_ socket: borrowing Socket) throws(WireError) {
        while buffer.hasMore, try advance(socket) {}
    }
}
