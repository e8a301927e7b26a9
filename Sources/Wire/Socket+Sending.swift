import CZeroMQ
import Glibc

extension Socket {
    /// Sends the messages of an envelope, each behind `identity` where there is one.
    ///
    /// - Returns: the bytes of all frames but the identities.
    /// - Throws: `.unroutable` without a peer of that identity; `.transport`.
    func send(
        _ encoder: EnvelopeEncoder,
        to identity: ArraySlice<UInt8>?,
        isHeartbeat: Bool,
        counting sent: inout Traffic.Direction
    ) throws(WireError) -> Int {
        var total = 0
        for message in encoder.messages {
            do {
                if let identity { try send(identity, more: true) }
                for (index, frame) in message.enumerated() {
                    try send(frame, more: index + 1 < message.count)
                }
            } catch {
                // Without room for more: the peer lets everything wait.
                throw error.number == EHOSTUNREACH || error.number == EAGAIN
                    ? WireError(.unroutable, error.reason) : error.transport("cannot send")
            }
            let bytes = message.reduce(0) { $0 + $1.count }
            sent.add(bytes: bytes, isHeartbeat: isHeartbeat)
            total += bytes
        }
        return total
    }

    private func send(_ frame: OutgoingFrame, more: Bool) throws(TransportFailure) {
        switch frame {
        case .own(let bytes): try send(bytes[...], more: more)
        case .part(let numbers, let range) where range.count >= Loan.leastBytes:
            try send(Loan(numbers, range), more: more)
        case .part(let numbers, let range):
            try numbers.withBytes { (bytes) throws(TransportFailure) in
                try send(bytes.extracting(range), more: more)
            }
        }
    }
}
