import Testing

@testable import Coordination

/// How often workers say that they live follows from when they are to be missed.
struct HeartbeatTests {
    private let request = JoinRequest(name: "w", process: 1, threads: 1, fingerprint: "x")

    @Test(arguments: [50, 2000, 60_000])
    func `a worker is welcomed with a quarter of the time after which it is missed`(milliseconds: Int) {
        var settings = FleetSettings()
        settings.timing.suspicion = .milliseconds(milliseconds)
        var machine = Coordinator(term: Term(1), settings: settings, at: Instant(.zero))
        let effects = machine.handle(.received(.join(request), from: WorkerID(1)), at: Instant(.zero))
        let heartbeat = Duration.milliseconds(milliseconds) / 4
        #expect(effects.contains(.send(.welcome(Welcome(heartbeat: heartbeat, job: "")), to: WorkerID(1))))

        let nearly = machine.handle(.tick, at: Instant(.milliseconds(milliseconds - 1)))
        #expect(!nearly.contains(.report(.lost(WorkerID(1), because: "silent for \(milliseconds) ms"))))
        let then = machine.handle(.tick, at: Instant(.milliseconds(milliseconds)))
        #expect(then.contains(.report(.lost(WorkerID(1), because: "silent for \(milliseconds) ms"))))
    }

    @Test(arguments: [(12.5, 60.0, 12.5), (15_000, 60, 15_000), (15_000, 8, 2000)])
    func `a worker beats as it was told, and so that it does not take a slow beat for the coordinator's death`(
        told: Double,
        deathTimeout: Double,
        expected: Double
    ) {
        let settings = WorkerSettings(request: request, endpoint: "ipc://x", deathTimeout: .seconds(deathTimeout))
        var worker = Worker(settings: settings, at: Instant(.zero))
        _ = worker.handle(.started, at: Instant(.zero))
        let welcome = Message.welcome(Welcome(heartbeat: .milliseconds(told), job: ""))
        _ = worker.handle(.received(welcome, term: Term(1)), at: Instant(.zero))
        #expect(worker.handle(.tick, at: Instant(.milliseconds(expected - 0.5))).isEmpty)
        #expect(worker.handle(.tick, at: Instant(.milliseconds(expected))) == [.send(.heartbeat(Heartbeat()))])
    }
}
