import Coordination
import Testing

@testable import Simulation

struct VirtualClockTests {
    @Test(arguments: [-20_000, -7, 0, 1, 20_000])
    func `The time of a deadline is the first at which the clock shows it`(drift: Int) {
        let clock = VirtualClock(start: 1_000_000, drift: drift)
        for milliseconds in [0, 1, 250, 333, 2000, 123_457] {
            let deadline = Instant(.milliseconds(milliseconds) + .nanoseconds(1))
            let time = clock.time(of: deadline)
            #expect(clock.reading(at: time) >= deadline)
            #expect(time == clock.start || clock.reading(at: time - 1) < deadline)
        }
    }

    @Test func `A clock that runs fast shows more`() {
        let clock = VirtualClock(start: 0, drift: 20_000)
        #expect(clock.reading(at: 1_000_000) == Instant(.milliseconds(1020)))
    }
}
