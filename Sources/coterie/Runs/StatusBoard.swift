import Clustering
import Coordination
import Dashboard
import Foundation
import Services
import Shards

/// What a run's folder says of a job while it runs, for `coterie status`: `.status.json`.
struct StatusBoard {
    static let name = ".status.json"
    private static let interval = Duration.milliseconds(500)
    /// Between two writings that events ask for: a fleet that comes in together is not written one by one.
    private static let pause = Duration.milliseconds(50)
    private static let mostEvents = 16

    private let job: String
    private let path: String
    private let clock = ContinuousClock()
    private var written: ContinuousClock.Instant?
    private var hasNews = false
    private var requests: [WorkerID: JoinRequest] = [:]
    private var departed: [(id: WorkerID, reason: String?, time: Duration)] = []
    private var events: [FleetEventRecord] = []

    init(job: String, folder: RunFolder) {
        self.job = job
        path = folder.path(for: Self.name)
    }

    /// Notes an event, and that people may want to know of it now.
    mutating func note(_ event: FleetEvent, after time: Duration, as record: FleetEventRecord?) {
        switch event {
        case .joined(let id, let request): requests[id] = request
        case .lost(let id, let reason): depart(id, reason, time)
        case .left(let id): depart(id, nil, time)
        case .roundStarted, .roundFinished: return
        case .refused, .quorumReached, .quorumLost, .leaseLapsed, .leaseCopied, .answerIgnored: break
        }
        hasNews = true
        guard let record else { return }
        if events.count == Self.mostEvents { events.removeFirst() }
        events.append(record)
    }

    private mutating func depart(_ id: WorkerID, _ reason: String?, _ time: Duration) {
        if departed.count == Self.mostEvents { requests[departed.removeFirst().id] = nil }
        departed.append((id, reason, time))
    }

    /// Whether it is time to write.
    var isDue: Bool {
        guard let written else { return true }
        return clock.now - written >= (hasNews ? Self.pause : Self.interval)
    }

    /// Puts the snapshot in place of the last.
    ///
    /// The job does not depend on it, so nothing is made of a failure, and nobody waits for the disk.
    mutating func write(_ snapshot: FleetSnapshot) {
        (written, hasNews) = (clock.now, false)
        guard let text = try? snapshot.json() else { return }
        try? AtomicFile.write(Array(text.utf8), to: path, isLasting: false)
    }

    /// - Parameters:
    ///   - elapsed: seconds for which the run has been at work.
    ///   - fleet: nil where the job runs in one process.
    func snapshot(
        _ activity: JobActivity,
        _ fleet: FleetActivity?,
        elapsed: Double,
        rowsPerSecond: Double?
    ) -> FleetSnapshot {
        let record = fleet?.record
        var snapshot = FleetSnapshot(
            job: job,
            state: .working,
            written: Date.now.formatted(.iso8601),
            elapsed: elapsed,
            coordinator: FleetSnapshot.Process(
                host: ProcessInfo.processInfo.hostName,
                pid: Int(ProcessInfo.processInfo.processIdentifier)
            ),
            progress: FleetSnapshot.Progress(activity.progress),
            round: FleetSnapshot.Round(activity),
            rowsPerSecond: rowsPerSecond,
            fleet: FleetSnapshot.Fleet(record),
            events: events
        )
        guard let fleet else { return snapshot }
        snapshot.take(fleet.status, at: fleet.now, counts: fleet.record.counts, departed: departed(at: fleet.now))
        return snapshot
    }

    private func departed(at now: Instant) -> [FleetSnapshot.Departed] {
        departed.compactMap { entry in
            requests[entry.id].map {
                FleetSnapshot.Departed(
                    id: entry.id,
                    request: $0,
                    reason: entry.reason,
                    ago: now.sinceOrigin - entry.time
                )
            }
        }
    }
}

extension FleetRecord {
    /// What each worker did, in all the times that it joined.
    fileprivate var counts: [WorkerID: FleetSnapshot.Counts] {
        members.reduce(into: [:]) { counts, member in
            counts[member.id, default: FleetSnapshot.Counts()].blocks += member.blocks
            counts[member.id, default: FleetSnapshot.Counts()].bytesSent += member.sentBytes
            counts[member.id, default: FleetSnapshot.Counts()].bytesReceived += member.receivedBytes
        }
    }
}

extension FleetSnapshot.Progress {
    fileprivate init(_ progress: Clustering.Progress) {
        self.init(
            phase: progress.phase,
            done: progress.done,
            limit: progress.limit,
            objective: progress.objective,
            moved: progress.moved
        )
        (restart, restarts) = (progress.restart?.number, progress.restart?.count)
    }
}

extension FleetSnapshot.Round {
    fileprivate init?(_ activity: JobActivity) {
        guard activity.blocks > 0 else { return nil }
        self.init(number: Int(activity.round), blocks: activity.blocks, merged: activity.finishedBlocks, leased: 0)
    }
}

extension FleetSnapshot.Fleet {
    fileprivate init(_ record: FleetRecord?) {
        self.init(
            requested: record?.requested ?? 0,
            present: 0,
            least: 0,
            joined: record?.members.count ?? 0,
            lost: record?.lostCount ?? 0
        )
    }
}
