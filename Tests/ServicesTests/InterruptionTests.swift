import Clustering
import Coordination
import Foundation
import Synchronization
import Testing

@testable import Services

struct InterruptionTests {
    @Test func `one request asks to stop, a second to stop at once, and each wakes`() {
        let interruption = Interruption()
        let woken = Mutex(0)
        #expect(!interruption.isRequested)
        interruption.notify { woken.withLock { $0 += 1 } }
        interruption.request()
        #expect(interruption.isRequested && !interruption.isUrgent)
        #expect(woken.withLock { $0 } == 1)
        #expect(interruption.cause == nil)
        interruption.request(by: "SIGHUP")
        interruption.request(by: "SIGTERM")
        #expect(interruption.cause == "SIGHUP")
        #expect(interruption.isUrgent)
        #expect(woken.withLock { $0 } == 3)
    }

    @Test func `a job in one process stops after its round when asked once`() throws {
        let interruption = Interruption()
        let observer = RoundCounter { if $0 == 2 { interruption.request() } }
        let job = LocalJob(try CountingProgram.sample(), sink: nil, threads: 1, interruption: interruption)
        let result = try job.run(observer: observer)
        #expect(!result.isFinished)
        #expect(result.model.totals == [190, 380])
    }

    @Test func `a job in one process stops within its round when asked twice`() throws {
        let interruption = Interruption()
        interruption.request()
        interruption.request()
        let job = LocalJob(try CountingProgram.sample(), sink: nil, threads: 1, interruption: interruption)
        #expect(throws: ServiceError.interrupted) { try job.run(observer: RoundCounter { _ in }) }
    }
}

private final class RoundCounter: JobObserver {
    private var rounds = 0
    private let body: (Int) -> Void

    init(_ body: @escaping (Int) -> Void) {
        self.body = body
    }

    func roundFinished(_ report: RoundReport<CountingProgram.Model>) {
        rounds += 1
        body(rounds)
    }

    var isRecordDue: Bool { false }

    func record() {}

    func working(_ activity: JobActivity, fleet: () -> FleetActivity?) {}

    func status(_ activity: JobActivity, fleet: FleetActivity) -> String { "{}" }

    func fleetChanged(_ event: FleetEvent, after time: Duration) {}
}
