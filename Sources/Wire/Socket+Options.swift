import CZeroMQ

extension Socket {
    /// What every socket of the fleet is set to, before it binds or connects.
    ///
    /// - Parameter linger: how long messages that were sent may take to leave after the socket is closed.
    func prepare(linger: Duration, security: Security) throws(WireError) {
        try set(ZMQ_LINGER, Int32(linger.components.seconds * 1000))
        try set(ZMQ_MAXMSGSIZE, Int64(WireLimit.frameBytes))
        // Sending never waits and nothing is thrown away; the services bound what is under way.
        try set(ZMQ_SNDHWM, Int32(0))
        // Beyond this, senders are held back by TCP, or by the pipe.
        try set(ZMQ_RCVHWM, Int32(64))
        // A connection that says nothing is not kept open.
        try set(ZMQ_HANDSHAKE_IVL, Int32(5000))
        try apply(security)
    }

    /// Lets libzmq find out by itself that the other machine is gone; on the same machine the system tells it.
    ///
    /// The time-out is long, because its pings queue behind frames.
    func setHeartbeats(for endpoint: Endpoint) throws(WireError) {
        try set(ZMQ_HEARTBEAT_IVL, Int32(endpoint.isPath ? 0 : 2000))
        try set(ZMQ_HEARTBEAT_TIMEOUT, Int32(endpoint.isPath ? 0 : 10_000))
    }
}
