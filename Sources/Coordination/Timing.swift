/// A point in time as the machines are told it: the span since an origin of the caller's choosing. The machines compare
/// and add; they never ask what time it is.
package struct Instant: Hashable, Comparable, Sendable {
    package let sinceOrigin: Duration

    package init(_ sinceOrigin: Duration) {
        self.sinceOrigin = sinceOrigin
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.sinceOrigin < right.sinceOrigin
    }

    package static func + (left: Instant, right: Duration) -> Instant {
        Instant(left.sinceOrigin + right)
    }

    package static func - (left: Instant, right: Instant) -> Duration {
        left.sinceOrigin - right.sinceOrigin
    }
}

/// The spans that decide when a fleet acts on silence. They are the coordinator's; a worker is told those that concern it
/// when it is welcomed.
package struct FleetTiming: Hashable, Sendable {
    /// A worker of which nothing was heard for this long is lost, and its tasks go to others.
    package var suspicion: Duration = .seconds(2)

    /// How often a worker says that it lives; a quarter of `suspicion`, so that three may be late.
    package var heartbeat: Duration { suspicion / 4 }

    /// A lease on which no block was finished for this long lapses although its worker is heard: its computation hangs.
    package var stall: Duration = .seconds(120)

    /// A lease older than this, when no block is left to grant, is copied to an idle worker; the first answer wins.
    package var straggler: Duration = .seconds(3)

    /// How long a worker gets no other lease after so many that came to nothing since it last answered one. The first rest is
    /// short, since a message may be lost; each is twice as long as the one before, up to `suspicion`.
    func rest(afterSetbacks count: Int) -> Duration {
        suspicion / 32 * (1 << min(max(count, 1) - 1, 5))
    }

    /// How long the fleet may stay below its least number of workers before the job is given up.
    package var quorum: Duration = .seconds(300)

    package init() {}
}
