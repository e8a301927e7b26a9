import CZeroMQ
import Glibc

/// A ZeroMQ socket, closed when the value dies.
///
/// It belongs to the thread that made it.
@safe
struct Socket: ~Copyable {
    enum Kind {
        case router
        case dealer
        case pair
        case reply

        fileprivate var number: Int32 {
            switch self {
            case .router: ZMQ_ROUTER
            case .dealer: ZMQ_DEALER
            case .pair: ZMQ_PAIR
            case .reply: ZMQ_REP
            }
        }
    }

    /// Keeps libzmq's threads alive for as long as the socket is open.
    let context: Context

    /// Nil once closed.
    private(set) var handle: UnsafeMutableRawPointer?

    init(_ kind: Kind, _ context: Context) throws(WireError) {
        self.context = context
        guard let handle = unsafe zmq_socket(context.handle, kind.number) else {
            throw TransportFailure.latest.transport("cannot open a socket")
        }
        unsafe self.handle = unsafe handle
    }

    deinit {
        if let handle = unsafe handle { unsafe zmq_close(handle) }
    }

    consuming func close() throws(WireError) {
        let closing = unsafe handle
        unsafe handle = nil
        guard unsafe zmq_close(closing) == 0 else { throw TransportFailure.latest.transport("cannot close a socket") }
    }

    func set(_ option: Int32, _ value: Int32) throws(WireError) {
        var value = value
        guard unsafe zmq_setsockopt(handle, option, &value, MemoryLayout<Int32>.size) == 0 else {
            throw TransportFailure.latest.transport("cannot set socket option \(option)")
        }
    }

    func set(_ option: Int32, _ value: Int64) throws(WireError) {
        var value = value
        guard unsafe zmq_setsockopt(handle, option, &value, MemoryLayout<Int64>.size) == 0 else {
            throw TransportFailure.latest.transport("cannot set socket option \(option)")
        }
    }

    func set(_ option: Int32, _ value: [UInt8]) throws(WireError) {
        guard unsafe zmq_setsockopt(handle, option, value, value.count) == 0 else {
            throw TransportFailure.latest.transport("cannot set socket option \(option)")
        }
    }

    func bind(_ endpoint: String) throws(TransportFailure) {
        guard unsafe zmq_bind(handle, endpoint) == 0 else { throw .latest }
    }

    func connect(_ endpoint: String) throws(TransportFailure) {
        guard unsafe zmq_connect(handle, endpoint) == 0 else { throw .latest }
    }

    /// Where the socket listens since the last `bind`, with wildcards and port 0 resolved.
    func lastEndpoint() throws(WireError) -> String {
        var text = [CChar](repeating: 0, count: 1024)
        var count = text.count
        guard unsafe zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &text, &count) == 0 else {
            throw TransportFailure.latest.transport("cannot tell where the socket listens")
        }
        return String(decoding: text.prefix(while: { $0 != 0 }).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Takes the next frame without waiting; false if there is none.
    func receive(into buffer: borrowing MessageBuffer) throws(WireError) -> Bool {
        while unsafe zmq_msg_recv(buffer.message, handle, ZMQ_DONTWAIT) < 0 {
            let failure = TransportFailure.latest
            if failure.number == EAGAIN { return false }
            guard failure.number == EINTR else { throw failure.transport("cannot receive") }
        }
        return true
    }

    /// Sends one frame without waiting.
    ///
    /// libzmq keeps a copy until it has left.
    func send(_ frame: ArraySlice<UInt8>, more: Bool) throws(TransportFailure) {
        try unsafe send(frame.span.bytes, more: more)
    }

    func send(_ frame: RawSpan, more: Bool) throws(TransportFailure) {
        try Self.persist {
            unsafe frame.withUnsafeBytes { unsafe zmq_send(handle, $0.baseAddress, $0.count, Self.flags(more: more)) }
        }
    }

    /// Sends one frame without waiting and without a copy: libzmq holds the loan until the frame has left.
    func send(_ loan: Loan, more: Bool) throws(TransportFailure) {
        var message = zmq_msg_t()
        try unsafe withUnsafeMutablePointer(to: &message) { (message) throws(TransportFailure) in
            unsafe try loan.fill(message)
            // What is sent leaves an empty message behind, what is not gives the loan back.
            defer { unsafe zmq_msg_close(message) }
            try Self.persist { unsafe zmq_msg_send(message, handle, Self.flags(more: more)) }
        }
    }

    private static func flags(more: Bool) -> Int32 { ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0) }

    /// Calls again what a signal has interrupted.
    private static func persist(_ call: () -> Int32) throws(TransportFailure) {
        while call() < 0 {
            let failure = TransportFailure.latest
            if failure.number != EINTR { throw failure }
        }
    }
}
