import CZeroMQ
package import Coordination
import Glibc

/// Stands between a coordinator and its workers and hands their messages on, as it is told to.
///
/// To the workers it is the coordinator. To the coordinator it is every one of the workers: it connects once for each, under
/// the worker's own name, and it hangs up when the worker does. It belongs to the thread that made it.
package final class Relay {
    package enum Direction: String, Sendable, Hashable, CaseIterable {
        case toCoordinator = "to-coordinator"
        case toWorkers = "to-workers"
    }

    /// A message on its way, in frames that nobody has read.
    package struct Passage: Sendable, Equatable {
        package var direction: Direction
        package var worker: WorkerID
        package var frames: [[UInt8]]

        package init(direction: Direction, worker: WorkerID, frames: [[UInt8]]) {
            self.direction = direction
            self.worker = worker
            self.frames = frames
        }

        /// Of all frames.
        package var byteCount: Int { frames.reduce(0) { $0 + $1.count } }

        /// What the message says of its worker, if it asks to join.
        package var request: JoinRequest? {
            guard direction == .toCoordinator, let first = frames.first,
                case .message(.join(let request)) = (try? EnvelopeSeal.open(unsafe first.span.bytes))?.body
            else { return nil }
            return request
        }
    }

    /// Messages that one poll takes of each socket at most.
    private static let mostPerPoll = 256
    /// How soon a worker that did not read is sent to again. libzmq does not tell when one of many peers has room.
    private static let pause = Duration.milliseconds(5)

    private let context: Context
    private let target: Endpoint
    private let entrance: EntranceSocket
    private let wake: WakeSignal?
    private var ways: [WorkerID: Way] = [:]
    /// Messages to workers that let others wait already, in order.
    private var backlogs: [WorkerID: [[[UInt8]]]] = [:]
    /// Workers whose connections have ended, and whose last messages are being handed on.
    private var departing: [WorkerID] = []

    /// Where the workers connect, with port 0 resolved.
    package var endpoint: String { entrance.boundEndpoints[0] }

    /// - Parameters:
    ///   - endpoint: where to listen for workers.
    ///   - target: where the coordinator listens. It need not listen yet.
    ///   - wake: ends a poll from another thread.
    /// - Throws: `.addressInUse`, `.cannotListen`, `.library` or `.transport`.
    package init(
        context: Context,
        listeningAt endpoint: Endpoint,
        target: Endpoint,
        wake: WakeSignal? = nil
    ) throws(WireError) {
        self.context = context
        self.target = target
        self.wake = wake
        entrance = try EntranceSocket(Entrance([endpoint], security: .plain), context, linger: .zero)
    }

    /// Waits for messages, the wake signal or the time-out, and takes what is there. What waits for a worker that does not read is
    /// tried again; until all of it has left nothing more is taken for that worker, so that the coordinator sees it not read.
    ///
    /// - Throws: `.transport`.
    package func poll(timeout: Duration?) throws(WireError) -> [Passage] {
        for worker in departing { disconnect(worker) }
        try sendBacklogs()
        let timeout = backlogs.isEmpty ? timeout : min(timeout ?? Self.pause, Self.pause)
        var waiting = Waiting()
        waiting.add(entrance.socket)
        if let monitor = entrance.monitor { waiting.add(monitor.listener) }
        let workers = ways.keys.filter { backlogs[$0] == nil }.sorted()
        for worker in workers { if let way = ways[worker] { waiting.add(way.socket) } }
        if let wake { waiting.add(wake) }
        try waiting.wait(timeout: timeout)
        wake?.clear()
        departing = try entrance.monitor?.check() ?? []
        var all: [Passage] = []
        while all.count < Self.mostPerPoll, let frames = try message(of: entrance.socket, at: entrance.monitor) {
            guard let worker = frames.first.flatMap({ WorkerID(routingIdentity: $0) }) else { continue }
            all.append(Passage(direction: .toCoordinator, worker: worker, frames: Array(frames.dropFirst())))
        }
        for worker in workers {
            guard let way = ways[worker] else { continue }
            let most = all.count + Self.mostPerPoll
            while all.count < most, let frames = try message(of: way.socket, at: nil) {
                all.append(Passage(direction: .toWorkers, worker: worker, frames: frames))
            }
        }
        return all
    }

    /// Hands a message on, or keeps it until its worker reads; one to a worker that is gone is lost, as it would be without the
    /// relay.
    ///
    /// - Throws: `.transport`.
    package func send(_ passage: Passage) throws(WireError) {
        switch passage.direction {
        case .toCoordinator:
            // This way messages wait without end in libzmq: a worker sends no more than it has been asked for.
            _ = try Self.send(passage.frames, on: try way(of: passage.worker).socket)
        case .toWorkers:
            let frames = [passage.worker.routingIdentity] + passage.frames
            if backlogs[passage.worker] == nil, try Self.send(frames, on: entrance.socket) { return }
            backlogs[passage.worker, default: []].append(frames)
        }
    }

    private func sendBacklogs() throws(WireError) {
        for (worker, messages) in backlogs {
            var sent = 0
            while sent < messages.count, try Self.send(messages[sent], on: entrance.socket) { sent += 1 }
            backlogs[worker] = sent == messages.count ? nil : Array(messages[sent...])
        }
    }

    /// Breaks the connection that stands for a worker; its next message makes another.
    package func disconnect(_ worker: WorkerID) {
        ways[worker] = nil
        backlogs[worker] = nil
    }

    private func way(of worker: WorkerID) throws(WireError) -> Way {
        if let way = ways[worker] { return way }
        let way = try Way(worker, to: target, context)
        ways[worker] = way
        return way
    }

    /// The next message's frames; at an entrance the first is the worker's name.
    private func message(of socket: borrowing Socket, at monitor: EntranceMonitor?) throws(WireError) -> [[UInt8]]? {
        var reader = FrameReader()
        guard try reader.advance(socket) else { return nil }
        var frames = [reader.buffer.bytes]
        while reader.buffer.hasMore, try reader.advance(socket) { frames.append(reader.buffer.bytes) }
        // The frame of the name does not tell its connection, what follows it does.
        monitor?.note(reader.buffer, of: WorkerID(routingIdentity: frames[0]))
        return frames
    }

    /// - Returns: false where there is no room for it. libzmq says so of the first frame, and takes the others with it.
    private static func send(_ frames: [[UInt8]], on socket: borrowing Socket) throws(WireError) -> Bool {
        do {
            for (index, frame) in frames.enumerated() {
                try socket.send(frame[...], more: index + 1 < frames.count)
            }
        } catch {
            if error.number == EAGAIN { return false }
            if error.number != EHOSTUNREACH { throw error.transport("cannot hand a message on") }
        }
        return true
    }
}

/// The connection to the coordinator that stands for one worker.
private final class Way {
    let socket: Socket

    init(_ worker: WorkerID, to target: Endpoint, _ context: Context) throws(WireError) {
        socket = try Socket(.dealer, context)
        // So that the last words of a worker that died are handed on.
        try socket.prepare(linger: .seconds(1), security: .plain)
        try socket.set(ZMQ_ROUTING_ID, worker.routingIdentity)
        try socket.set(ZMQ_RECONNECT_IVL, Int32(100))
        try socket.setHeartbeats(for: target)
        try socket.set(ZMQ_IPV6, Int32(try target.isReachedOverIPv6() ? 1 : 0))
        do {
            try socket.connect(target.description)
        } catch {
            throw WireError(.cannotConnect, "cannot connect: \(target): \(error.reason); check the endpoint")
        }
    }
}
