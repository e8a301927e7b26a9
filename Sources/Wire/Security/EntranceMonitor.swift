import CZeroMQ
import Coordination
import Glibc

/// Watches the connections to an entrance.
///
/// It hears of those that end before a message came over them: those that do not shake hands, and those that do and then
/// announce a frame of a terabyte. Refused keys are not among them: of these the gatekeeper knows more. And it hangs up on
/// those that send and send and never come to the end of a message, of which libzmq would keep every frame. It tells which
/// workers' connections have ended: the system says so of a process that died on another machine long before its silence does.
final class EntranceMonitor {
    private struct Connection {
        /// Whether a message came over it.
        var isHeard = false
        /// Whether one came since its traffic was looked at.
        var isHeardLately = false
        /// Bytes that the system had received of it when a message was last known to have come.
        var bytesBefore: UInt64 = 0
        /// The worker that was heard over it last.
        var worker: WorkerID?
    }

    /// Has something to read when there is something to check.
    let listener: Socket
    private var log: StrangerLog
    private var connections: [Int32: Connection] = [:]
    /// Whether a message came over one of which libzmq does not say the number: it speaks the oldest protocol, as noise seems
    /// to. What is said of the message is enough.
    private var isUnnamedHeard = false
    /// Connections that ended unheard, in order, of which a message may still come: libzmq speaks of the end first.
    private var ended: [(connection: Int32, time: ContinuousClock.Instant)] = []
    /// Connections that are about to end because of their keys.
    private var refused = 0
    private var lastLook = ContinuousClock.now

    /// How long a last message may be on its way.
    private static let patience = Duration.milliseconds(200)
    /// How often the traffic of connections is looked at.
    private static let interval = Duration.milliseconds(50)
    private static let events = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED

    /// - Parameter entrance: does not listen yet.
    init(_ entrance: borrowing Socket, at place: String) throws(WireError) {
        log = StrangerLog(place: place)
        listener = try entrance.listener(ofEvents: Self.events)
    }

    /// Takes note of the connection a message came over.
    ///
    /// - Parameter worker: who sent it, if a worker did.
    func note(_ message: borrowing MessageBuffer, of worker: WorkerID?) {
        guard let number = message.connection else {
            isUnnamedHeard = true
            return
        }
        var connection = connections[number] ?? Connection()
        connection.isHeard = true
        connection.isHeardLately = true
        if let worker, connection.worker != worker {
            // It has come again: that its old connection ends is no news.
            for (other, old) in connections where old.worker == worker { connections[other]?.worker = nil }
            connection.worker = worker
        }
        connections[number] = connection
    }

    /// Takes what is there. To be done before messages are taken, which may be of new connections with old numbers.
    ///
    /// - Returns: workers whose connections have ended.
    func check() throws(WireError) -> [WorkerID] {
        let now = ContinuousClock.now
        var departed: [WorkerID] = []
        while let event = try listener.nextEvent() {
            let number = Int32(truncatingIfNeeded: event.value)
            switch event.kind {
            case ZMQ_EVENT_ACCEPTED:
                // Its first message may have been noted already.
                if connections[number]?.isHeardLately != true { connections[number] = Connection() }
            case ZMQ_EVENT_DISCONNECTED:
                let connection = connections.removeValue(forKey: number)
                if connection?.isHeard != true { ended.append((number, now)) }
                if let worker = connection?.worker { departed.append(worker) }
            default: refused += 1
            }
        }
        return departed
    }

    /// Hangs up, now and then, on connections that have brought more than any message has since the last message. To be done
    /// once the messages that are there have been taken.
    func cutEndless() {
        let now = ContinuousClock.now
        guard now - lastLook >= Self.interval else { return }
        lastLook = now
        for (number, connection) in connections {
            guard let received = Self.bytesReceived(over: number) else { continue }
            if connection.isHeardLately {
                connections[number]?.isHeardLately = false
                connections[number]?.bytesBefore = received
            } else if received > connection.bytesBefore + UInt64(WireLimit.unfinishedMessageBytes) {
                Self.hangUp(number)
                connections[number]?.isHeard = false
            }
        }
    }

    /// libzmq has no word for this. It takes it for the other end's doing, closes, and says that the connection ended.
    private static func hangUp(_ connection: Int32) {
        // With a reset: of a sender whose last bytes nobody took the system would keep its half of the connection for a minute,
        // and the sender would wait.
        var reset = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(connection, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
        shutdown(connection, Int32(SHUT_RDWR))
    }

    /// `tcpi_bytes_received` of Linux's `struct tcp_info`, which glibc's older one ends before; nil where there is none.
    private static func bytesReceived(over connection: Int32) -> UInt64? {
        let place = 128
        var info = [UInt8](repeating: 0, count: place + 8)
        var count = socklen_t(info.count)
        guard unsafe getsockopt(connection, Int32(IPPROTO_TCP), TCP_INFO, &info, &count) == 0, count == info.count
        else {
            return nil
        }
        return info[place...].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// What to say of them by now.
    ///
    /// - Parameter isLast: whether nobody will ask again.
    func takeLine(isLast: Bool) -> String? {
        let now = ContinuousClock.now
        let count = isLast ? ended.count : ended.prefix { now - $0.time >= Self.patience }.count
        for (connection, _) in ended.prefix(count) {
            // A message came after all, or the number has been given to another, which is no stranger.
            if connections[connection]?.isHeard == true { continue }
            if isUnnamedHeard {
                isUnnamedHeard = false
            } else if refused > 0 {
                refused -= 1
            } else {
                log.add(at: now)
            }
        }
        ended.removeFirst(count)
        return log.take(at: now, isLast: isLast)
    }
}
