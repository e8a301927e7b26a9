import CZeroMQ
package import Coordination

/// A worker's end of the wire.
///
/// It belongs to the thread that made it.
///
/// It connects by itself again when the connection is lost; joining again is the worker's part.
package final class WorkerSocket {
    /// What came in.
    package enum Incoming: Sendable, Equatable {
        case envelope(Envelope)
        /// Part of a transfer: the coordinator lives.
        case alive
        /// Something that makes no sense. It has been thrown away.
        case malformed(WireError)
    }

    /// Messages that one poll takes at most.
    private static let mostPerPoll = 256

    private let socket: Socket
    /// None on a path, where nobody shakes hands but this user's processes.
    private let monitor: HandshakeMonitor?
    private let worker: WorkerID
    private let wake: WakeSignal?
    /// Nil unless it is over a path.
    private var connection: PathConnection?
    private var inbox: Inbox
    private var sent = Traffic.Direction()
    private var transfers: UInt64 = 0

    /// - Parameters:
    ///   - worker: the name under which the coordinator will know this process.
    ///   - endpoint: where the coordinator listens. It need not listen yet.
    ///   - wake: ends a poll from another thread.
    ///   - limit: bytes that the coordinator's unfinished transfers may come to.
    ///   - linger: how long what was sent may take to leave after the socket is closed.
    /// - Throws: `.unresolved`, `.cannotConnect`, `.library` or `.transport`.
    package init(
        context: Context,
        worker: WorkerID,
        endpoint: Endpoint,
        security: Security,
        wake: WakeSignal? = nil,
        limit: Int = 4 << 30,
        linger: Duration = .seconds(2)
    ) throws(WireError) {
        guard endpoint.isConnectable else {
            throw WireError(.cannotConnect, "cannot connect: \(endpoint): not one place; name the host and the port")
        }
        self.worker = worker
        self.wake = wake
        inbox = Inbox(limit: limit)
        connection = endpoint.isPath ? PathConnection() : nil
        socket = try Socket(.dealer, context)
        try socket.prepare(linger: linger, security: security)
        try socket.set(ZMQ_ROUTING_ID, worker.routingIdentity)
        try socket.set(ZMQ_RECONNECT_IVL, Int32(100))
        try socket.set(ZMQ_RECONNECT_IVL_MAX, Int32(2000))
        try socket.setHeartbeats(for: endpoint)
        try socket.set(ZMQ_IPV6, Int32(try endpoint.isReachedOverIPv6() ? 1 : 0))
        monitor = endpoint.isPath ? nil : try HandshakeMonitor(socket, to: endpoint, security)
        do {
            try socket.connect(endpoint.description)
        } catch {
            throw WireError(.cannotConnect, "cannot connect: \(endpoint): \(error.reason); check the endpoint")
        }
    }

    deinit { socket.stopEvents() }

    /// What has gone through the socket.
    package var traffic: Traffic { Traffic(sent: sent, received: inbox.received) }

    /// Waits for messages, the wake signal or the time-out (nil: none), and takes what is there: nothing, or up to 256
    /// messages in the order of their arrival.
    ///
    /// - Throws: `.keyRefused` when the coordinator and this process do not accept each other; `.cannotConnect` when
    ///   something else answers at the endpoint; `.transport` when the socket fails. Never for a message.
    package func poll(timeout: Duration?) throws(WireError) -> [Incoming] {
        var waiting = Waiting()
        waiting.add(socket)
        if let wake { waiting.add(wake) }
        if let monitor { waiting.add(monitor.socket) }
        try waiting.wait(timeout: timeout)
        wake?.clear()
        try monitor?.check()
        var all: [Incoming] = []
        while all.count < Self.mostPerPoll, let content = try next() {
            switch content {
            case .envelope(let envelope): all.append(.envelope(envelope))
            case .chunk: all.append(.alive)
            case .malformed(let error): all.append(.malformed(error))
            }
        }
        return all
    }

    private func next() throws(WireError) -> Inbox.Content? {
        var frames = FrameReader()
        guard try frames.advance(socket) else { return nil }
        connection?.note(frames.buffer)
        return try inbox.take(&frames, from: socket, peer: worker, keepsChunks: true)
    }

    /// Hands an envelope to libzmq, which sends it in its own time: now, or once there is a connection.
    ///
    /// - Returns: the bytes of all its frames.
    /// - Throws: `.malformed` for an envelope that a receiver would refuse; `.transport`.
    @discardableResult
    package func send(_ envelope: Envelope) throws(WireError) -> Int {
        transfers += 1
        return try socket.send(
            EnvelopeEncoder(envelope, transfer: transfers),
            to: nil,
            isHeartbeat: envelope.message.isHeartbeat,
            counting: &sent
        )
    }

    /// Why this process may not be let in, from handshakes that came to nothing since the last that did not; nil where there
    /// were none lately.
    package var suspicion: WireError? { monitor?.suspicion }
}
