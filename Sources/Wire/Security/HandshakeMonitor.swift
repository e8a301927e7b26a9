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
        socket = try monitored.listener(ofEvents: events)
    }

    /// What the handshakes that failed since the last that did not may mean; nil where there were none lately.
    var suspicion: WireError? { verdict.suspicion(at: .now) }

    /// Takes what is there.
    ///
    /// - Throws: `.keyRefused` or `.cannotConnect` when it is of no use to try again; `.transport`.
    func check() throws(WireError) {
        while let event = try socket.nextEvent() {
            if let refusal = verdict.note(event.kind, value: event.value, at: .now) { throw refusal }
        }
    }
}
