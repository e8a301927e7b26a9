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
        /// Something that makes no sense, or that is of a worker whose key has been taken off the list (`.keyRefused`), of
        /// a worker or (nil) of somebody else. It has been thrown away.
        case malformed(WorkerID?, WireError)
        /// The worker's connection has ended. If it lives, it connects again by itself.
        case disconnected(WorkerID)
    }

    /// Messages that one poll takes at most, so that a flood leaves time for everything else.
    private static let mostPerPoll = 256

    private let entrances: [EntranceSocket]
    private let wake: WakeSignal?
    private var inbox: Inbox
    /// Through which entrance each worker came. Nobody takes a worker's name at another.
    private var places: [WorkerID: Int] = [:]
    /// Of the workers that came over a path.
    private var connections: [WorkerID: PathConnection] = [:]
    /// Those of them that arrays are put together for.
    private var members: Set<WorkerID> = []
    private var sent = Traffic.Direction()
    private var strangers = Traffic.Count()
    private var transfers: UInt64 = 0

    /// Where workers can connect: the endpoints as given, with wildcards and port 0 resolved.
    package let boundEndpoints: [String]

    /// - Parameters:
    ///   - entrances: where to listen, and who may speak there.
    ///   - wake: ends a poll from another thread.
    ///   - limit: bytes that the unfinished transfers of one worker may come to.
    ///   - linger: how long what was sent may take to leave after the socket is closed.
    /// - Throws: `.addressInUse`, `.cannotListen`, `.library` or `.transport`.
    package init(
        context: Context,
        entrances: [Entrance],
        wake: WakeSignal? = nil,
        limit: Int = 4 << 30,
        linger: Duration = .seconds(2)
    ) throws(WireError) {
        self.wake = wake
        inbox = Inbox(limit: limit)
        var sockets: [EntranceSocket] = []
        for entrance in entrances {
            sockets.append(try EntranceSocket(entrance, context, linger: linger))
        }
        self.entrances = sockets
        boundEndpoints = sockets.flatMap(\.boundEndpoints)
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
        var waiting = Waiting()
        for entrance in entrances {
            waiting.add(entrance.socket)
            if let monitor = entrance.monitor { waiting.add(monitor.listener) }
        }
        if let wake { waiting.add(wake) }
        try waiting.wait(timeout: timeout)
        wake?.clear()
        var departed: [WorkerID] = []
        for entrance in entrances { departed += try entrance.monitor?.check() ?? [] }
        var all: [Incoming] = []
        for place in entrances.indices {
            // Each has its share, so that a flood at one does not keep the others out.
            let most = all.count + Self.mostPerPoll / entrances.count
            while all.count < most, let incoming = try next(at: place) {
                all.append(incoming)
            }
            entrances[place].monitor?.cutEndless()
        }
        // What they said before comes first.
        return all + departed.map(Incoming.disconnected)
    }

    private func next(at place: Int) throws(WireError) -> Incoming? {
        let entrance = entrances[place]
        var identity = FrameReader()
        guard try identity.advance(entrance.socket) else { return nil }
        guard let worker = WorkerID(routingIdentity: identity.buffer.bytes), places[worker, default: place] == place
        else {
            return try throwAway(&identity, entrance)
        }
        var frames = FrameReader()
        guard identity.buffer.hasMore, try frames.advance(entrance.socket) else {
            return .malformed(worker, .malformed("no frames"))
        }
        entrance.monitor?.note(frames.buffer, of: worker)
        places[worker] = place
        if places.count > members.count + WireLimit.guests { places = places.filter { members.contains($0.key) } }
        let isMember = members.contains(worker)
        if isMember, entrance.monitor == nil { connections[worker, default: .init()].note(frames.buffer) }
        guard entrance.admits(frames.buffer) else {
            let key = frames.buffer.userID
            try frames.skipRest(entrance.socket)
            strangers.add(bytes: frames.byteCount)
            return .malformed(worker, Self.expelled(worker, key: key))
        }
        return switch try inbox.take(&frames, from: entrance.socket, peer: worker, keepsChunks: isMember) {
        case .envelope(let envelope): .envelope(envelope, from: worker)
        case .chunk: .alive(worker)
        case .malformed(let error): .malformed(worker, error)
        }
    }

    private static func expelled(_ worker: WorkerID, key: String?) -> WireError {
        WireError(
            .keyRefused,
            "key refused: \(key ?? "none") of worker \(worker): it was taken off the list; "
                + "add it to authorized_workers and send SIGHUP to admit it"
        )
    }

    private func throwAway(_ identity: inout FrameReader, _ entrance: EntranceSocket) throws(WireError) -> Incoming {
        let ofIdentity = identity.byteCount
        try identity.skipRest(entrance.socket)
        entrance.monitor?.note(identity.buffer, of: nil)
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
        guard let place = places[worker] else { throw Self.notConnected(worker) }
        transfers += 1
        let identity = worker.routingIdentity[...]
        do {
            return try entrances[place].socket.send(
                EnvelopeEncoder(envelope, transfer: transfers),
                to: identity,
                isHeartbeat: envelope.message.isHeartbeat,
                counting: &sent
            )
        } catch  where error.code == .unroutable {
            throw Self.notConnected(worker)
        }
    }

    private static func notConnected(_ worker: WorkerID) -> WireError {
        WireError(.unroutable, "cannot send: worker \(worker): it is not connected; wait until it joins again")
    }

    /// Takes a worker for a member of the fleet, until it is forgotten: its arrays are put together.
    package func admit(_ worker: WorkerID) {
        members.insert(worker)
    }

    /// What to say of connections that came to nothing: a line for each entrance, and then one in a minute.
    ///
    /// - Parameter isLast: whether the socket will not be asked again.
    package func takeStrangers(isLast: Bool = false) -> [String] {
        entrances.compactMap { $0.monitor?.takeLine(isLast: isLast) }
    }

    /// Drops what has arrived of the worker's unfinished transfers, and the way to it until it is heard of again.
    package func forget(_ worker: WorkerID) {
        places[worker] = nil
        connections[worker] = nil
        members.remove(worker)
        inbox.assembler.drop(worker)
    }
}
