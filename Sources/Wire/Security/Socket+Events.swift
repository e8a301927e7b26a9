import CZeroMQ

extension Socket {
    /// What libzmq reports of a connection.
    struct Event {
        let kind: Int32
        /// What it means depends on the kind.
        let value: UInt32
    }

    /// Has libzmq report events of this socket, until `stopEvents` or the socket's end.
    ///
    /// - Returns: the socket to read them from, which `nextEvent` does.
    func listener(ofEvents events: Int32) throws(WireError) -> Socket {
        // Names are for the whole context, and a process may have several workers in its tests.
        let place = "inproc://events-\(UInt64.random(in: .min ... .max))"
        guard unsafe zmq_socket_monitor(handle, place, events) == 0 else {
            throw TransportFailure.latest.transport("cannot hear of handshakes")
        }
        let socket = try Socket(.pair, context)
        try socket.set(ZMQ_LINGER, Int32(0))
        // libzmq's own thread would wait for room, and everybody's messages with it.
        try socket.set(ZMQ_RCVHWM, Int32(0))
        do {
            try socket.connect(place)
        } catch {
            throw error.transport("cannot hear of handshakes")
        }
        return socket
    }

    /// Has libzmq report nothing more: without a reader it would wait for one.
    func stopEvents() {
        unsafe zmq_socket_monitor(handle, nil, 0)
    }

    /// The next event that was reported to this socket; nil if there is none.
    func nextEvent() throws(WireError) -> Event? {
        while true {
            // The event and its value in this machine's order of bytes; then the address, which is known.
            var frames = FrameReader()
            guard try frames.advance(self) else { return nil }
            let bytes = frames.buffer.bytes
            try frames.skipRest(self)
            guard bytes.count == 6 else { continue }
            let kind = Int32(bytes[0]) | Int32(bytes[1]) << 8
            return Event(kind: kind, value: bytes[2...].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
    }
}
