/// Who may speak to a socket, and who can listen in.
///
/// Both sockets take one of these and apply it before they bind or connect. CURVE belongs here: a case with the keys of
/// this process and, at the coordinator, the allow-list that its ZAP handler answers from.
package enum Security: Sendable {
    /// No encryption, and anybody who reaches the endpoint may speak: for one machine.
    case plain
}

extension Socket {
    func apply(_ security: Security) {
        switch security {
        case .plain: break
        }
    }
}
