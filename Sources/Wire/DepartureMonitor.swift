import CZeroMQ

/// Hears from libzmq which connections of a socket have ended: the system tells of a process that died on another machine
/// long before its silence does.
///
/// A connection is told by its descriptor, which libzmq gives with every message, and which the system uses again.
final class DepartureMonitor<Peer: Hashable> {
    let socket: Socket
    private var peers: [Int32: Peer] = [:]

    /// - Parameter monitored: has not been bound yet.
    init(_ monitored: borrowing Socket) throws(WireError) {
        socket = try HandshakeMonitor.listener(
            at: try monitored.reportEvents(ZMQ_EVENT_DISCONNECTED),
            monitored.context
        )
    }

    /// Takes down through which connection a peer was heard last.
    func note(_ peer: Peer, at descriptor: Int32) {
        guard descriptor >= 0, peers[descriptor] != peer else { return }
        // It has come again: that its old connection ends is no news.
        peers = peers.filter { $0.value != peer }
        peers[descriptor] = peer
    }

    /// Peers whose connections have ended since the last call.
    ///
    /// To be asked before messages are taken, which may be of new connections with old descriptors.
    func take() throws(WireError) -> [Peer] {
        var departed: [Peer] = []
        while true {
            var frames = FrameReader()
            guard try frames.advance(socket) else { return departed }
            let bytes = frames.buffer.bytes
            try frames.skipRest(socket)
            guard bytes.count == 6 else { continue }
            let descriptor = Int32(bitPattern: bytes[2...].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
            if let peer = peers.removeValue(forKey: descriptor) { departed.append(peer) }
        }
    }
}
