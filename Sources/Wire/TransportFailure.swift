import CZeroMQ
import Glibc

/// A call of libzmq that failed, before it is known what that means to the user.
struct TransportFailure: Error, Equatable {
    /// The value of `zmq_errno()`.
    let number: Int32

    /// The failure of the call that was made last on this thread.
    static var latest: TransportFailure { TransportFailure(number: zmq_errno()) }

    /// The reason in words.
    var reason: String {
        unsafe zmq_strerror(number).map { unsafe String(cString: $0) }?.lowercased() ?? "error \(number)"
    }

    /// Whether it is the address that cannot be had here.
    var isOfAddress: Bool { [EADDRNOTAVAIL, ENODEV, EAFNOSUPPORT].contains(number) }

    /// The failure as one of sending, receiving, waiting or setting an option.
    func transport(_ what: String) -> WireError {
        WireError(.transport, "\(what): \(reason); check the system's limits")
    }

    /// The failure as one of listening.
    func listening(on endpoint: Endpoint) -> WireError {
        switch number {
        case EADDRINUSE:
            WireError(
                .addressInUse,
                "cannot listen: \(endpoint): the address is in use; choose another \(endpoint.isPath ? "path" : "port")"
            )
        case EACCES, EPERM:
            WireError(
                .cannotListen,
                "cannot listen: \(endpoint): permission denied; "
                    + (endpoint.isPath ? "choose a folder you may write to" : "choose a port above 1023")
            )
        case ENODEV, EADDRNOTAVAIL, EAFNOSUPPORT:
            WireError(
                .cannotListen,
                "cannot listen: \(endpoint): no such address on this machine; name one of its addresses, or *"
            )
        case ENOENT, ENOTDIR:
            WireError(.cannotListen, "cannot listen: \(endpoint): no such folder; make it or choose another path")
        default:
            WireError(.cannotListen, "cannot listen: \(endpoint): \(reason); choose another endpoint")
        }
    }
}
