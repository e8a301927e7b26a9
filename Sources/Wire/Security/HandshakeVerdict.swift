import CZeroMQ

/// What a worker can tell from the handshakes that failed: whether to go on trying.
struct HandshakeVerdict {
    /// How often, and for how long, handshakes end without a word before that means something. A coordinator with
    /// another key hangs up in this way, and so does a connection that is cut.
    static let mostFailures = 3
    /// Without keys it takes more. libzmq on a busy machine hangs up on a peer without keys before it has said that it asks for
    /// them; sooner or later it does say so, which is the better answer.
    static let mostPlainFailures = 10
    static let patience = Duration.seconds(5)

    let endpoint: Endpoint
    let security: Security
    private var failures = 0
    private var first: ContinuousClock.Instant?
    private var last: ContinuousClock.Instant?

    init(_ endpoint: Endpoint, _ security: Security) {
        self.endpoint = endpoint
        self.security = security
    }

    /// Takes an event of libzmq's monitor.
    ///
    /// - Returns: why it is of no use to try again; nil while it may be.
    mutating func note(_ event: Int32, value: UInt32, at now: ContinuousClock.Instant) -> WireError? {
        switch event {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
            failures = 0
            return nil
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
            return unknownKey
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL where value == UInt32(ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH):
            return otherSecurity
        default:
            return isHopeless(at: now) ? noHandshake : nil
        }
    }

    /// What the failures since the last success may mean; nil where there were none lately.
    func suspicion(at now: ContinuousClock.Instant) -> WireError? {
        guard failures > 0, let last, now - last <= Self.patience else { return nil }
        return noHandshake
    }

    /// Counts a failure without a word. What comes long after the last is another story, such as a coordinator that
    /// ended and one that came.
    private mutating func isHopeless(at now: ContinuousClock.Instant) -> Bool {
        if let last, now - last > Self.patience { failures = 0 }
        if failures == 0 { first = now }
        failures += 1
        last = now
        let most = keys == nil ? Self.mostPlainFailures : Self.mostFailures
        return failures >= most && first.map { now - $0 >= Self.patience } == true
    }

    private var keys: KeyPair? {
        if case .client(let keys, _) = security { keys } else { nil }
    }

    private var unknownKey: WireError {
        let key = keys.map { "\($0.open)" } ?? "none"
        return WireError(
            .keyRefused,
            "key refused: \(endpoint): the coordinator does not let in \(key); add it to its authorized_workers"
        )
    }

    private var otherSecurity: WireError {
        WireError(
            .keyRefused,
            keys == nil
                ? "key refused: \(endpoint): the coordinator asks for one; pass --keys and --coordinator-key"
                : "key refused: \(endpoint): the coordinator has none; check that it was started with --keys"
        )
    }

    private var noHandshake: WireError {
        keys == nil
            ? WireError(
                .cannotConnect,
                "cannot connect: \(endpoint): no coordinator answers there; "
                    + "check the endpoint, and whether it asks for keys"
            )
            : WireError(
                .keyRefused,
                "key refused: \(endpoint): cannot tell whether the coordinator has another key or something else "
                    + "answers there; check --coordinator-key, which must be its public key, and the endpoint"
            )
    }
}
