import CZeroMQ
import Glibc

/// Sockets and signals that are waited for together.
@safe
struct Waiting {
    private var items: [zmq_pollitem_t] = unsafe []

    mutating func add(_ socket: borrowing Socket) {
        unsafe items.append(zmq_pollitem_t(socket: socket.handle, fd: -1, events: Int16(ZMQ_POLLIN), revents: 0))
    }

    mutating func add(_ wake: WakeSignal) {
        unsafe items.append(zmq_pollitem_t(socket: nil, fd: wake.descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
    }

    /// Waits until one of the sockets has a message, one of the signals is set, or `timeout` has passed; nil waits for
    /// as long as it takes.
    ///
    /// A signal that the process handles ends the wait as well.
    ///
    /// - Returns: whether any of them was ready.
    @discardableResult
    mutating func wait(timeout: Duration?) throws(WireError) -> Bool {
        let ready = unsafe zmq_poll(&items, Int32(items.count), Self.milliseconds(timeout))
        if ready < 0 {
            let failure = TransportFailure.latest
            guard failure.number == EINTR else { throw failure.transport("cannot wait for messages") }
        }
        return ready > 0
    }

    /// Rounded up, so that who waits for a time does not find itself before it; -1 for ever.
    private static func milliseconds(_ timeout: Duration?) -> Int {
        guard let timeout else { return -1 }
        guard timeout > .zero else { return 0 }
        guard timeout < .seconds(86_400) else { return 86_400_000 }
        let (seconds, attoseconds) = timeout.components
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
