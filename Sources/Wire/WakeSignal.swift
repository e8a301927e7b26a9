import CZeroMQ
import Glibc

/// Ends a socket's wait from another thread.
package final class WakeSignal: Sendable {
    /// An eventfd.
    ///
    /// A signal handler, which must not touch objects, writes eight bytes (the number 1) to it.
    package let descriptor: Int32

    /// - Throws: `.transport` when the process may open no more descriptors.
    package init() throws(WireError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else {
            throw TransportFailure(number: errno).transport("cannot open an event descriptor")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Wakes who waits now, or who waits next.
    ///
    /// From any thread, any number of times.
    package func wake() {
        var one: UInt64 = 1
        while unsafe write(descriptor, &one, 8) < 0, errno == EINTR {}
    }

    /// Forgets the wakes so far.
    ///
    /// - Returns: whether there were any.
    @discardableResult
    func clear() -> Bool {
        var count: UInt64 = 0
        while unsafe read(descriptor, &count, 8) < 0 {
            if errno != EINTR { return false }
        }
        return true
    }
}
