import CZeroMQ

/// Part of an array that libzmq reads until it has sent it, instead of a copy of its own.
///
/// The array is held by an object, which libzmq lets go of in its own time and on its own thread. It is not written to
/// meanwhile: an array that two hold is copied first.
final class Loan: Sendable {
    /// A frame of fewer bytes is copied, which costs less than the objects of a loan.
    static let leastBytes = 16 << 10

    private let numbers: WireNumbers
    private let range: Range<Int>

    init(_ numbers: WireNumbers, _ range: Range<Int>) {
        self.numbers = numbers
        self.range = range
    }

    /// Makes a message of the bytes.
    ///
    /// Closing the message gives the bytes back; sending it leaves that to libzmq.
    ///
    /// - Parameter message: not a message yet.
    func fill(_ message: UnsafeMutablePointer<zmq_msg_t>) throws(TransportFailure) {
        // Where an array's numbers are does not change while the array is held and not written to.
        let start = unsafe numbers.withBytes { bytes in
            unsafe bytes.extracting(range).withUnsafeBytes { unsafe UnsafeMutableRawPointer(mutating: $0.baseAddress) }
        }
        let holder = unsafe Unmanaged.passRetained(self)
        let status = unsafe zmq_msg_init_data(
            message,
            start,
            range.count,
            { _, holder in if let holder = unsafe holder { unsafe Unmanaged<Loan>.fromOpaque(holder).release() } },
            holder.toOpaque()
        )
        guard status == 0 else {
            let failure = TransportFailure.latest
            unsafe holder.release()
            throw failure
        }
    }
}
