import Clustering
import Coordination
import Foundation
import Shards
import Synchronization
import Testing

@testable import Services

struct CoordinatorServiceTests {
    /// Takes several times as long over its first round as a worker may be silent.
    private final class SlowObserver: JobObserver {
        typealias Model = KMeans.Model

        let isRecordDue = false
        var losses: [String] = []
        private var rounds = 0

        func roundFinished(_ report: RoundReport<KMeans.Model>) {
            rounds += 1
            if rounds == 1 { Thread.sleep(forTimeInterval: 1.5) }
        }

        func record() {}
        func working(_ activity: JobActivity, fleet: () -> FleetActivity?) {}
        func status(_ activity: JobActivity, fleet: FleetActivity) -> String { "{}" }

        func fleetChanged(_ event: FleetEvent, after time: Duration) {
            if case .lost(_, let reason) = event { losses.append(reason) }
        }
    }

    /// Two workers in threads of this process, and how many have ended without an error.
    private final class Workers: Sendable {
        let ended = Mutex(0)

        func start(_ endpoint: String) {
            for number in 0..<2 {
                Thread.detachNewThread { [self] in
                    let options = WorkerOptions(
                        endpoint: endpoint,
                        keys: nil,
                        name: "thread-\(number)",
                        threads: 1,
                        deathTimeout: .seconds(20),
                        hasLifeline: false
                    )
                    // A ledger of their own: other tests read in this process too.
                    let ledger = ReadingLedger()
                    guard let service = try? WorkerService(options, interruption: Interruption(), ledger: ledger),
                        (try? service.run()) != nil
                    else { return }
                    ended.withLock { $0 += 1 }
                }
            }
        }
    }

    @Test func `work between two rounds that takes longer than workers may be silent loses none of them`() throws {
        let folder = try PrivateFolder()
        let path = "\(folder.path)/x.npy"
        let values = (0..<600).map { Float(($0 * 7919) % 101) / 101 }
        try NumpyWriter.write(values, rows: 200, columns: 3, to: path)
        let dataset = try Dataset(path: path, blockRows: 10)
        let clustering = KMeans.Settings(clusters: 5, maximumIterations: 4, deliversLabels: false)
        let program = try KMeans(settings: clustering, dataset: dataset)
        let endpoint = "ipc://\(folder.path)/fleet"
        var settings = FleetSettings()
        settings.leastWorkers = 2
        settings.timing.suspicion = .milliseconds(500)
        let service = try CoordinatorService(
            program,
            plan: FleetPlan(localWorkers: 0, listen: [endpoint], keys: nil, settings: settings, executable: ""),
            sink: nil,
            interruption: Interruption()
        )
        let workers = Workers()
        workers.start(endpoint)
        let observer = SlowObserver()
        let result = try service.run(observer: observer)
        #expect(result.isFinished)
        #expect(observer.losses == [])
    }
}
