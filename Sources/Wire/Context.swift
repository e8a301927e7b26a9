import CZeroMQ
import Glibc

/// libzmq's threads and sockets, in one process one of these.
///
/// Every socket holds its context. When the last is gone, the last messages are given the time its sockets allow
/// (`ZMQ_LINGER`) to leave: letting go of a context can take that long.
@safe
package final class Context: Sendable {
    /// libzmq's contexts may be used from any thread, and this one is immutable for the life of the object.
    nonisolated(unsafe) let handle: UnsafeMutableRawPointer

    /// - Throws: `.library` for a libzmq that is too old or has no CURVE; `.transport` when the system has no room for another context.
    package init() throws(WireError) {
        try ZeroMQLibrary.check(ZeroMQLibrary.version)
        try ZeroMQLibrary.checkEncryption()
        guard let handle = unsafe zmq_ctx_new() else { throw TransportFailure.latest.transport("cannot begin") }
        unsafe self.handle = unsafe handle
    }

    deinit {
        while unsafe zmq_ctx_term(handle) != 0, zmq_errno() == EINTR {}
    }
}
