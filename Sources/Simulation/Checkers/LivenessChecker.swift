/// Once faults have stopped, the job comes to its end in bounded time.
struct LivenessChecker {
    static let name = "liveness"

    private let patience: Microseconds
    private var limit: Microseconds?
    private var round: UInt64 = 0

    /// - Parameter patience: after the last fault.
    init(patience: Microseconds) {
        self.patience = patience
    }

    mutating func see(_ observation: Observation, at now: Microseconds) {
        switch observation {
        case .calm: limit = now + patience
        case .lifeBegan(_, let rounds, _): round = rounds + 1
        case .advanced(let advanced, _): round = advanced + 1
        default: break
        }
    }

    /// Asked as time goes by, until the job has ended.
    func look(at now: Microseconds) -> String? {
        guard let limit, now > limit else { return nil }
        return "the job is still in round \(round), \(patience.seconds) s after the last fault"
    }
}
