import Coordination
import Wire

/// Asks a coordinator how its job goes, without becoming one of its workers.
package struct StatusInquiry {
    private static let interval = Duration.seconds(1)

    private let endpoint: String
    private let socket: WorkerSocket
    private let clock = ContinuousClock()

    /// - Parameters:
    ///   - endpoint: where the coordinator listens.
    ///   - keys: nil to speak in plain text.
    /// - Throws: `WireError`.
    package init(endpoint: String, keys: WorkerKeys?) throws {
        self.endpoint = endpoint
        socket = try WorkerSocket(
            context: try Context(),
            worker: WorkerID(UInt64.random(in: .min ... .max)),
            endpoint: try Endpoint(endpoint),
            security: try keys.map { try Self.security($0) } ?? .plain,
            linger: .zero
        )
    }

    private static func security(_ keys: WorkerKeys) throws -> Security {
        .client(try KeyFolder(keys.folder).pair(), coordinator: try KeyFolder.publicKey(at: keys.coordinator))
    }

    /// One answer: a JSON object.
    ///
    /// - Throws: `ServiceError` of exit code 69 where nobody answers in time; `WireError` where the coordinator refuses
    ///   the key.
    package func ask(within patience: Duration) throws -> String {
        let deadline = clock.now + patience
        while clock.now < deadline {
            // Again and again: a coordinator that is asked too often leaves questions unanswered.
            try socket.send(Envelope(term: Term(0), message: .statusRequest))
            if let text = try answer(until: min(deadline, clock.now + Self.interval)) { return text }
        }
        throw ServiceError.fleetLost(
            "no answer: \(endpoint) in \(patience.components.seconds) s; check that a coordinator listens there"
        )
    }

    private func answer(until deadline: ContinuousClock.Instant) throws -> String? {
        while true {
            let rest = deadline - clock.now
            guard rest > .zero else { return nil }
            for case .envelope(let envelope) in try socket.poll(timeout: rest) {
                if case .status(let text) = envelope.message { return text }
            }
        }
    }
}
