import CZeroMQ
import Glibc

/// The connection over a path that a peer was heard on last.
///
/// libzmq sets the buffers of TCP connections only, and the system's own for paths takes a fifth of a chunk: the thread that
/// sends one would be woken five times for it, and with it the one that receives.
struct PathConnection {
    /// Bytes that the system may hold of what was sent; it gives as much as its administrator allows.
    private static let sendBuffer: Int32 = 2 << 20

    private var number: Int32?

    /// Takes note of the connection a message came over.
    mutating func note(_ message: borrowing MessageBuffer) {
        guard let found = message.connection, found != number else { return }
        number = found
        var size = Self.sendBuffer
        // Nothing is lost where it is not allowed, or the connection has ended meanwhile.
        unsafe setsockopt(found, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
}
