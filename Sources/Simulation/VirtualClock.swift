import Coordination

/// Time of the simulation, from 0, and spans of it.
package typealias Microseconds = Int

/// The clock of one process, which starts with it and runs a little fast or slow.
struct VirtualClock {
    let start: Microseconds
    /// By how many millionths it runs fast.
    let drift: Int

    /// What the clock shows.
    func reading(at time: Microseconds) -> Instant {
        let span = time - start
        return Instant(.microseconds(span + span * drift / 1_000_000))
    }

    /// The first moment at which the clock shows `deadline` or more.
    func time(of deadline: Instant) -> Microseconds {
        let (seconds, attoseconds) = deadline.sinceOrigin.components
        let reading = Int(seconds) * 1_000_000 + Int((attoseconds + 999_999_999_999) / 1_000_000_000_000)
        var time = start + reading * 1_000_000 / (1_000_000 + drift)
        while self.reading(at: time) < deadline { time += 1 }
        return time
    }
}

extension Duration {
    static func span(_ microseconds: Microseconds) -> Duration { .microseconds(microseconds) }

    /// In the simulation's unit, rounded down.
    var inMicroseconds: Microseconds {
        Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
    }
}
