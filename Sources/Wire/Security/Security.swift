import CZeroMQ

/// Who may speak to a socket, and who can listen in.
///
/// Both sockets take one of these and apply it before they bind or connect.
package enum Security: Sendable {
    /// No encryption, and anybody who reaches the endpoint may speak: for one machine, or where the user says so.
    case plain
    /// CURVE at the coordinator: it shows its own key, and its gatekeeper says whose keys are let in.
    case server(KeyPair, Gatekeeper)
    /// CURVE at a worker: it shows its own key, and speaks to the holder of one other key only.
    case client(KeyPair, coordinator: PublicKey)
}

extension Socket {
    /// Which handshakes the gatekeeper is asked about; it answers for no other domain.
    static let domain = "coterie"

    func apply(_ security: Security) throws(WireError) {
        switch security {
        case .plain: break
        case .server(let keys, _):
            try ZeroMQLibrary.checkEncryption()
            try set(ZMQ_CURVE_SERVER, Int32(1))
            try set(ZMQ_CURVE_SECRETKEY, keys.secret.bytes)
            try set(ZMQ_ZAP_DOMAIN, Array(Self.domain.utf8))
        case .client(let keys, let coordinator):
            try ZeroMQLibrary.checkEncryption()
            try set(ZMQ_CURVE_SERVERKEY, coordinator.bytes)
            try set(ZMQ_CURVE_PUBLICKEY, keys.open.bytes)
            try set(ZMQ_CURVE_SECRETKEY, keys.secret.bytes)
        }
    }
}
