import Clustering
import Coordination
import Foundation
import Shards
import Synchronization
import Wire

/// Computes leases on a thread of its own, so that the worker goes on hearing and being heard.
final class TaskRunner: Sendable {
    /// What the computing thread has to say.
    enum News: Sendable {
        case progressed(LeaseID, finishedBlocks: Int)
        case finished(PartialNotice, [WireTensor])
        case failed(TaskFailure)
    }

    private struct State {
        var news: [News] = []
        var running: LeaseID?
    }

    private let threads: Int
    private let wake: WakeSignal
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "tasks")

    init(threads: Int, wake: WakeSignal) {
        self.threads = threads
        self.wake = wake
    }

    /// Computes a lease after those before it; its end is told by `takeNews`, unless it is cancelled.
    func run(_ lease: Lease, of round: Round, in session: any TaskSession) {
        state.withLock { $0.running = lease.id }
        queue.async { self.compute(lease, of: round, in: session) }
    }

    func cancel(_ lease: LeaseID) {
        state.withLock { if $0.running == lease { $0.running = nil } }
    }

    /// What was said since the last call.
    func takeNews() -> [News] {
        state.withLock { state in
            defer { state.news = [] }
            return state.news
        }
    }

    private func compute(_ lease: Lease, of round: Round, in session: any TaskSession) {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            guard lease.blocks.lowerBound >= 0, lease.blocks.upperBound <= round.blocks else {
                throw ServiceError.internalError("lease on blocks that do not exist: \(lease.blocks); report this")
            }
            let partial = try session.partial(of: lease.blocks, in: round, threads: threads) { finished in
                self.state.withLock { state in
                    state.news.append(.progressed(lease.id, finishedBlocks: finished))
                    return state.running == lease.id
                }
            }
            guard let tensors = partial?.arrays().map(WireTensor.init) else { return }
            let notice = PartialNotice(
                lease: lease,
                checksum: WireTensor.checksum(of: tensors),
                busy: clock.now - start,
                peakMemory: ProcessMemory.anonymousBytes
            )
            tell(.finished(notice, tensors))
        } catch {
            let described = FailureDescription(error)
            tell(.failed(TaskFailure(lease: lease, exitCode: described.exitCode, reason: described.message)))
        }
    }

    private func tell(_ news: News) {
        state.withLock { $0.news.append(news) }
        wake.wake()
    }
}
