/// Connections that came to nothing, for a person to read: one line, and then one in a minute, whoever tries how often.
struct StrangerLog {
    /// How long the first is waited with, since strangers come in crowds.
    static let delay = Duration.seconds(1)
    static let pause = Duration.seconds(60)

    private let place: String
    private var count = 0
    /// When the next line may be said; nil while there is nothing to say and nothing was said lately.
    private var due: ContinuousClock.Instant?

    /// - Parameter place: where the entrance listens.
    init(place: String) {
        self.place = place
    }

    mutating func add(at now: ContinuousClock.Instant) {
        count += 1
        if due == nil { due = now + Self.delay }
    }

    /// - Parameter isLast: whether nobody will ask again.
    mutating func take(at now: ContinuousClock.Instant, isLast: Bool = false) -> String? {
        guard let due, isLast || now >= due else { return nil }
        guard count > 0 else {
            self.due = nil
            return nil
        }
        defer {
            count = 0
            self.due = now + Self.pause
        }
        let what = count == 1 ? "1 connection that was" : "\(count) connections that were"
        return "strangers refused: \(place): \(what) not a worker's; look for who else uses the port"
    }
}
