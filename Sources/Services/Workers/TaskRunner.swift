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
        var isDraining = false
        /// What the process has read.
        var readings: [Reading] = []
        /// The memory of the process, and when that was looked at.
        var memory: (bytes: UInt64, time: ContinuousClock.Instant)?
    }

    /// The kernel writes a text to say how much memory the process has, which is too much to ask after every short task.
    private static let memoryInterval = Duration.milliseconds(50)

    private let threads: Int
    private let exitPoint: ExitPoint?
    private let ledger: ReadingLedger
    private let wake: WakeSignal
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "tasks")

    /// - Parameters:
    ///   - exitPoint: where to end the process without a word; nil to live.
    ///   - ledger: of what the tasks read.
    init(threads: Int, exitPoint: ExitPoint? = nil, ledger: ReadingLedger = .process, wake: WakeSignal) {
        self.threads = threads
        self.exitPoint = exitPoint
        self.ledger = ledger
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

    /// Ends leases after the blocks at hand, with an answer for those that are done.
    func drain() {
        state.withLock { $0.isDraining = true }
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
        exitPoint?.reach(.leased)
        do {
            guard lease.blocks.lowerBound >= 0, lease.blocks.upperBound <= round.blocks else {
                throw ServiceError.internalError("lease on blocks that do not exist: \(lease.blocks); report this")
            }
            let answer = try session.partial(of: lease.blocks, in: round, threads: threads) { finished in
                if finished < lease.blocks.count { self.exitPoint?.reach(.betweenBlocks) }
                return self.state.withLock { state in
                    state.news.append(.progressed(lease.id, finishedBlocks: finished))
                    guard state.running == lease.id else { return .cancel }
                    return state.isDraining ? .finish : .goOn
                }
            }
            guard let answer else { return }
            let tensors = answer.partial.arrays().map(WireTensor.init)
            let notice = PartialNotice(
                lease: Lease(id: lease.id, round: lease.round, blocks: answer.blocks),
                checksum: WireTensor.checksum(of: tensors),
                busy: clock.now - start,
                peakMemory: memory(at: clock.now),
                readings: readings,
                certified: CertifiedRows(answer.certification)
            )
            tell(.finished(notice, tensors))
        } catch {
            let described = FailureDescription(error)
            tell(.failed(TaskFailure(lease: lease, exitCode: described.exitCode, reason: described.message)))
        }
    }

    /// All that the process has read: the machine knows what of it was stated.
    private var readings: Readings {
        state.withLock { state in
            // Of thousands of short tasks few read anything for the first time.
            state.readings += ledger.readings(after: state.readings.count).map { Reading($0) }
            return Readings(state.readings)
        }
    }

    private func memory(at time: ContinuousClock.Instant) -> UInt64 {
        state.withLock { state in
            if let memory = state.memory, time - memory.time < Self.memoryInterval { return memory.bytes }
            let bytes = ProcessMemory.anonymousBytes
            state.memory = (bytes, time)
            return bytes
        }
    }

    private func tell(_ news: News) {
        state.withLock { $0.news.append(news) }
        wake.wake()
    }
}

extension CertifiedRows {
    fileprivate init(_ certification: Certification) {
        self.init(
            rows: UInt64(clamping: certification.rows),
            inFloat: UInt64(clamping: certification.inFloat),
            inDouble: UInt64(clamping: certification.inDouble),
            pairs: UInt64(clamping: certification.pairs),
            multiplied: UInt64(clamping: certification.multiplied)
        )
    }
}
