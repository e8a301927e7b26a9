import CZeroMQ

/// Hears from libzmq how the handshakes of a socket end.
///
/// A class because a socket may have none, and an optional value that cannot be copied cannot be lent.
final class HandshakeMonitor {
    let socket: Socket
    private var verdict: HandshakeVerdict

    /// - Parameter monitored: has not connected yet.
    init(_ monitored: borrowing Socket, to endpoint: Endpoint, _ security: Security) throws(WireError) {
        verdict = HandshakeVerdict(endpoint, security)
        let events =
            ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
            | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
        socket = try Self.listener(at: try monitored.reportEvents(events), monitored.context)
    }

    static func listener(at place: String, _ context: Context) throws(WireError) -> Socket {
        let socket = try Socket(.pair, context)
        try socket.set(ZMQ_LINGER, Int32(0))
        do {
            try socket.connect(place)
        } catch {
            throw error.transport("cannot hear of handshakes")
        }
        return socket
    }

    /// Takes what is there.
    ///
    /// - Throws: `.keyRefused` or `.cannotConnect` when it is of no use to try again; `.transport`.
    func check() throws(WireError) {
        while true {
            // The event and its value in this machine's order of bytes; then the address, which is known.
            var frames = FrameReader()
            guard try frames.advance(socket) else { return }
            let bytes = frames.buffer.bytes
            try frames.skipRest(socket)
            guard bytes.count == 6 else { continue }
            let event = Int32(bytes[0]) | Int32(bytes[1]) << 8
            let value = bytes[2...].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            if let refusal = verdict.note(event, value: value, at: .now) { throw refusal }
        }
    }
}

extension Socket {
    /// Has libzmq report events of this socket.
    ///
    /// - Returns: where to connect to hear of them.
    func reportEvents(_ events: Int32) throws(WireError) -> String {
        // Names are for the whole context, and a process may have several workers in its tests.
        let place = "inproc://handshakes-\(UInt64.random(in: .min ... .max))"
        guard unsafe zmq_socket_monitor(handle, place, events) == 0 else {
            throw TransportFailure.latest.transport("cannot hear of handshakes")
        }
        return place
    }
}
