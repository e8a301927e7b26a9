import CZeroMQ
import Coordination

/// Where workers come in under one kind of security, of which a coordinator may have several.
package struct Entrance: Sendable {
    package let endpoints: [Endpoint]
    package let security: Security

    package init(_ endpoints: [Endpoint], security: Security) {
        self.endpoints = endpoints
        self.security = security
    }
}

/// The socket of one entrance: libzmq knows one kind of security for each.
///
/// A class only because arrays do not hold values that cannot be copied.
final class EntranceSocket {
    let socket: Socket
    /// The endpoints as given, with wildcards and port 0 resolved.
    let boundEndpoints: [String]
    /// Nil for paths, which no stranger can reach, and of the end of whose peers their parent is told sooner.
    let monitor: EntranceMonitor?
    /// Keeps the gatekeeper in its place for as long as the socket listens.
    private let security: Security

    /// - Throws: `.addressInUse`, `.cannotListen`, `.library` or `.transport`.
    init(_ entrance: Entrance, _ context: Context, linger: Duration) throws(WireError) {
        security = entrance.security
        socket = try Socket(.router, context)
        try socket.prepare(linger: linger, security: entrance.security)
        // Without it, messages to nobody vanish without a word.
        try socket.set(ZMQ_ROUTER_MANDATORY, Int32(1))
        // A worker that reconnects takes its name with it, though its old connection is not known to be dead.
        try socket.set(ZMQ_ROUTER_HANDOVER, Int32(1))
        // What nobody fetches is a peer that does not read, and is held for no longer than this. A large array that is sent
        // to it takes a message for each mebibyte.
        try socket.set(ZMQ_SNDHWM, Int32(WireLimit.unreadMessages))
        let places = entrance.endpoints.filter { !$0.isPath }.map(\.description).joined(separator: ", ")
        monitor = places.isEmpty ? nil : try EntranceMonitor(socket, at: places)
        var bound: [String] = []
        for endpoint in entrance.endpoints {
            bound += try socket.listen(on: endpoint)
        }
        boundEndpoints = bound
    }

    deinit { socket.stopEvents() }

    /// Whether the message is of a peer whose key is on the list at this moment, or no keys are asked for.
    func admits(_ message: borrowing MessageBuffer) -> Bool {
        guard case .server(_, let gatekeeper) = security else { return true }
        return message.userID.map(gatekeeper.admits) ?? false
    }
}
