import Coordination

/// When to say that a worker waits to be taken in, and that it was: not of the moments that it always takes.
struct WaitingNotice {
    private static let delay = Duration.seconds(1)

    /// Whether it was said that the worker waits, and not yet that it does not.
    var isSaid = false
    private var since: Instant?

    /// - Returns: how the line begins that is to be said now; nil where nothing is.
    mutating func line(isWaiting: Bool, at now: Instant) -> String? {
        guard isWaiting else {
            defer { (since, isSaid) = (nil, false) }
            return isSaid ? "joined the coordinator" : nil
        }
        let start = since ?? now
        since = start
        guard !isSaid, now - start >= Self.delay else { return nil }
        isSaid = true
        return "waiting for the coordinator"
    }
}
