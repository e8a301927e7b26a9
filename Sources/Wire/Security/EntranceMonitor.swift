import CZeroMQ

/// Hears from libzmq of connections to an entrance that end before a message came over them: those that do not shake
/// hands, and those that do and then announce a frame of a terabyte.
///
/// Refused keys are not among them: of these the gatekeeper knows more.
final class EntranceMonitor {
    private let listener: Socket
    private var log: StrangerLog
    /// Connections over which a message came.
    private var heard: Set<Int32> = []
    /// Whether a message came over one of which libzmq does not say the number: it speaks the oldest protocol, as noise seems
    /// to. What is said of the message is enough.
    private var isUnnamedHeard = false
    /// Connections that ended unheard, in order, of which a message may still come: libzmq speaks of the end first.
    private var ended: [(connection: Int32, time: ContinuousClock.Instant)] = []
    private static let patience = Duration.milliseconds(200)
    /// Connections that are about to end because of their keys.
    private var refused = 0

    /// - Parameter entrance: does not listen yet.
    init(_ entrance: borrowing Socket, at place: String) throws(WireError) {
        log = StrangerLog(place: place)
        listener = try entrance.listener(ofEvents: ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED)
    }

    /// Takes note of the connection a message came over.
    func note(_ message: borrowing MessageBuffer) {
        if let connection = message.connection { heard.insert(connection) } else { isUnnamedHeard = true }
    }

    /// Takes what is there.
    func check() throws(WireError) {
        while let event = try listener.nextEvent() {
            if event.kind == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH {
                refused += 1
                continue
            }
            // At once, because the next connection may have the same number.
            let connection = Int32(truncatingIfNeeded: event.value)
            if heard.remove(connection) == nil { ended.append((connection, .now)) }
        }
    }

    /// What to say of them by now.
    ///
    /// - Parameter isLast: whether nobody will ask again.
    func takeLine(isLast: Bool) -> String? {
        let now = ContinuousClock.now
        let count = isLast ? ended.count : ended.prefix { now - $0.time >= Self.patience }.count
        for (connection, _) in ended.prefix(count) where heard.remove(connection) == nil {
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
