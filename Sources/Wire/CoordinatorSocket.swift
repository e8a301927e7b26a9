import CZeroMQ
package import Coordination

/// The coordinator's end of the wire.
///
/// It belongs to the thread that made it.
package final class CoordinatorSocket {
    /// What came in.
    package enum Incoming: Sendable, Equatable {
        case envelope(Envelope, from: WorkerID)
        /// Part of a transfer: the worker lives.
        case alive(WorkerID)
        /// Something that makes no sense, of a worker or (nil) of somebody else. It has been thrown away.
        case malformed(WorkerID?, WireError)
    }

    /// Messages that one poll takes at most, so that a flood leaves time for everything else.
    private static let mostPerPoll = 256

    private let socket: Socket
    private let wake: WakeSignal?
    private var inbox: Inbox
    private var sent = Traffic.Direction()
    private var strangers = Traffic.Count()
    private var transfers: UInt64 = 0

    /// Where workers can connect: the endpoints as given, with wildcards and port 0 resolved.
    package let boundEndpoints: [String]

    /// - Parameters:
    ///   - endpoints: where to listen.
    ///   - wake: ends a poll from another thread.
    ///   - limit: bytes that the unfinished transfers of one worker may come to.
    ///   - linger: how long what was sent may take to leave after the socket is closed.
    /// - Throws: `.addressInUse`, `.cannotListen`, `.library` or `.transport`.
    package init(
        context: Context,
        endpoints: [Endpoint],
        security: Security = .plain,
        wake: WakeSignal? = nil,
        limit: Int = 4 << 30,
        linger: Duration = .seconds(2)
    ) throws(WireError) {
        self.wake = wake
        inbox = Inbox(limit: limit)
        socket = try Socket(.router, context)
        try socket.prepare(linger: linger, security: security)
        // Without it, messages to nobody vanish without a word.
        try socket.set(ZMQ_ROUTER_MANDATORY, Int32(1))
        // A worker that reconnects takes its name with it, though its old connection is not known to be dead.
        try socket.set(ZMQ_ROUTER_HANDOVER, Int32(1))
        var bound: [String] = []
        for endpoint in endpoints {
            try socket.listen(on: endpoint)
            bound.append(try socket.lastEndpoint())
        }
        boundEndpoints = bound
    }

    /// Bytes that the unfinished transfers of one worker may come to.
    package var limit: Int {
        get { inbox.assembler.limit }
        set { inbox.assembler.limit = newValue }
    }

    /// What has gone through the socket.
    package var traffic: Traffic {
        var received = inbox.received
        received.others.messages += strangers.messages
        received.others.bytes += strangers.bytes
        return Traffic(sent: sent, received: received)
    }

    /// Waits for messages, the wake signal or the time-out (nil: none), and takes what is there: nothing, or up to 256
    /// messages in the order of their arrival.
    ///
    /// - Throws: `.transport` when the socket fails; never for what a peer sends.
    package func poll(timeout: Duration?) throws(WireError) -> [Incoming] {
        try socket.wait(wake: wake, timeout: timeout)
        var all: [Incoming] = []
        while all.count < Self.mostPerPoll, let incoming = try next() {
            all.append(incoming)
        }
        return all
    }

    private func next() throws(WireError) -> Incoming? {
        var identity = FrameReader()
        guard try identity.advance(socket) else { return nil }
        guard let worker = WorkerID(routingIdentity: identity.buffer.bytes) else {
            return try throwAway(&identity)
        }
        switch try inbox.next(from: socket, peer: worker) {
        case .envelope(let envelope): return .envelope(envelope, from: worker)
        case .chunk: return .alive(worker)
        case .malformed(let error): return .malformed(worker, error)
        case nil: return .malformed(worker, .malformed("no frames"))
        }
    }

    private func throwAway(_ identity: inout FrameReader) throws(WireError) -> Incoming {
        let ofIdentity = identity.byteCount
        try identity.skipRest(socket)
        strangers.add(bytes: identity.byteCount - ofIdentity)
        return .malformed(nil, .malformed("a peer that is no worker"))
    }

    /// Hands an envelope to libzmq, which sends it in its own time.
    ///
    /// - Returns: the bytes of all its frames.
    /// - Throws: `.unroutable` when no worker of that name is connected; `.malformed` for an envelope that a receiver
    ///   would refuse; `.transport`.
    @discardableResult
    package func send(_ envelope: Envelope, to worker: WorkerID) throws(WireError) -> Int {
        transfers += 1
        let identity = worker.routingIdentity[...]
        do {
            return try socket.send(
                EnvelopeEncoder(envelope, transfer: transfers),
                to: identity,
                isHeartbeat: envelope.message.isHeartbeat,
                counting: &sent
            )
        } catch  where error.code == .unroutable {
            throw WireError(
                .unroutable,
                "cannot send: worker \(worker): it is not connected; wait until it joins again"
            )
        }
    }

    /// Drops what has arrived of the worker's unfinished transfers.
    package func forget(_ worker: WorkerID) {
        inbox.assembler.drop(worker)
    }
}
