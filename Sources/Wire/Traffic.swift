import Coordination

/// What has gone through a socket since it was opened.
package struct Traffic: Sendable, Equatable {
    package struct Count: Sendable, Equatable {
        /// ZeroMQ messages; every chunk is one.
        package var messages = 0
        /// Bytes of all their frames, routing identities and ZMTP's own framing excluded.
        package var bytes = 0

        mutating func add(bytes: Int) {
            messages += 1
            self.bytes += bytes
        }
    }

    package struct Direction: Sendable, Equatable {
        /// Heartbeats and their acknowledgements.
        package var heartbeats = Count()
        /// Everything else.
        package var others = Count()

        mutating func add(bytes: Int, isHeartbeat: Bool) {
            if isHeartbeat { heartbeats.add(bytes: bytes) } else { others.add(bytes: bytes) }
        }
    }

    package var sent = Direction()
    package var received = Direction()
}

extension Message {
    /// Whether all it says is that its sender lives.
    var isHeartbeat: Bool {
        switch self {
        case .heartbeat, .acknowledgement: true
        default: false
        }
    }
}
