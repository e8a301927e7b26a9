import CZeroMQ

/// One received frame, in libzmq's own memory: nothing is copied on its way here.
@safe
struct MessageBuffer: ~Copyable {
    /// Allocated, because libzmq asks that a message is not moved behind its back.
    let message: UnsafeMutablePointer<zmq_msg_t>

    init() {
        unsafe message = .allocate(capacity: 1)
        unsafe message.initialize(to: zmq_msg_t())
        unsafe zmq_msg_init(message)
    }

    deinit {
        unsafe zmq_msg_close(message)
        unsafe message.deallocate()
    }

    var count: Int { unsafe zmq_msg_size(message) }

    /// Whether another frame of the same message follows.
    var hasMore: Bool { unsafe zmq_msg_more(message) == 1 }

    /// What the gatekeeper called the peer that sent the message: the text of its key. Nil without one.
    var userID: String? {
        unsafe zmq_msg_gets(message, "User-Id").map { unsafe String(cString: $0) }
    }

    /// The number of the connection it came over; nil where libzmq does not say. Only on frames that a peer sent.
    var connection: Int32? {
        let number = unsafe zmq_msg_get(message, ZMQ_SRCFD)
        return number < 0 ? nil : number
    }

    /// Lends the bytes.
    func withBytes<Answer, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        let bytes = unsafe UnsafeRawBufferPointer(start: zmq_msg_data(message), count: zmq_msg_size(message))
        return try body(unsafe bytes.bytes)
    }

    /// Takes over what another holds, which is empty then.
    init(taking other: borrowing MessageBuffer) {
        self.init()
        unsafe zmq_msg_move(message, other.message)
    }

    /// A copy of the bytes.
    var bytes: [UInt8] {
        withBytes { span in unsafe span.withUnsafeBytes { unsafe [UInt8]($0) } }
    }
}
