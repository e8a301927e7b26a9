import Testing

@testable import Wire

struct StrangerLogTests {
    @Test func `says one line, and the next a minute later`() {
        var log = StrangerLog(place: "tcp://*:1")
        let start = ContinuousClock.now
        #expect(log.take(at: start, isLast: true) == nil)
        for _ in 0..<1000 { log.add(at: start) }
        #expect(log.take(at: start) == nil)
        let line =
            "strangers refused: tcp://*:1: 1000 connections that were not a worker's; look for who else uses the port"
        #expect(log.take(at: start + StrangerLog.delay) == line)
        log.add(at: start + .seconds(2))
        #expect(log.take(at: start + .seconds(30)) == nil)
        let next = log.take(at: start + StrangerLog.delay + StrangerLog.pause)
        #expect(next?.contains("1 connection that was not a worker's") == true)
        log.add(at: start + .seconds(70))
        #expect(log.take(at: start + .seconds(71), isLast: true) != nil)
    }
}
