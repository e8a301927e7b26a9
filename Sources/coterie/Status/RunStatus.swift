import Dashboard
import Foundation
import Shards

/// Reads how a job goes from its folder.
struct RunStatus {
    /// After this long without a new snapshot the coordinator is stopped, or busy between two rounds.
    private static let staleness: TimeInterval = 5

    let folder: String
    let isWatching: Bool
    let display: StatusDisplay

    func run() throws {
        try check()
        while try showOnce(), isWatching {
            Thread.sleep(forTimeInterval: 1)
        }
    }

    private func check() throws {
        guard let isFolder = FileManager.default.isFolder(atPath: folder) else {
            throw CommandError(.noInput, "no such run folder", at: folder, fix: "check the path")
        }
        guard isFolder, RunFolder.isRun(at: folder) else {
            throw CommandError(.badData, "not a run's folder", at: folder, fix: "name the folder of a run")
        }
    }

    /// - Returns: whether the job runs.
    private func showOnce() throws -> Bool {
        guard let holder = try RunFolder.holder(of: folder) else {
            try showEnd()
            return false
        }
        if let (snapshot, age) = stored(), Int32(snapshot.coordinator.pid) == holder.process ?? Int32.min {
            try display.show(snapshot, notes: age > Self.staleness ? [Self.stale(age)] : [])
        } else if display.isJSON {
            try display.show(.beginning(holder))
        } else {
            let process = holder.process.map { " \($0)" } ?? ""
            try StandardOutput.write("starting: coordinator\(process) on \(holder.host ?? "an unknown host")\n")
        }
        return true
    }

    private static func stale(_ age: TimeInterval) -> String {
        "the coordinator has said nothing for \(Int(age)) s: it is stopped, or at work between two rounds"
    }

    /// The last snapshot, and its age in seconds.
    private func stored() -> (FleetSnapshot, TimeInterval)? {
        let path = URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent(StatusBoard.name).path
        guard let data = FileManager.default.contents(atPath: path),
            let snapshot = try? FleetSnapshot(json: String(decoding: data, as: UTF8.self))
        else { return nil }
        let changed = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        return (snapshot, changed.map { Date.now.timeIntervalSince($0) } ?? 0)
    }

    // Nobody works in the folder.

    private func showEnd() throws {
        let isWaiting = StoredJob.isKept(in: folder)
        let remedy = "'coterie resume \(folder)' goes on"
        let interrupted = CommandError(.interrupted, "interrupted", at: folder, fix: remedy)
        if isWaiting, var (snapshot, _) = stored() {
            snapshot.end(as: .interrupted)
            try display.show(snapshot, notes: ["nobody works on it; \(remedy)"])
            throw interrupted
        }
        let record = try? StoredRun(folder: folder).record
        guard let record else {
            throw CommandError(
                isWaiting ? .interrupted : .badData,
                isWaiting ? "interrupted before its first round" : "the run never began",
                at: folder,
                fix: isWaiting ? remedy : "start the job again with --overwrite"
            )
        }
        if display.isJSON {
            try display.show(FleetSnapshot(record))
        } else {
            let isDone = record.status == .done
            try StandardOutput.write(RunSummary.text(record) + (isDone ? "" : "nobody works on it; \(remedy)\n"))
        }
        switch record.status {
        case .done: break
        case .interrupted: throw interrupted
        case .failed:
            throw CommandError(.unavailable, "failed", at: folder, fix: "start the job again with --overwrite")
        }
    }
}

extension FleetSnapshot {
    /// Of a coordinator that has not said anything yet.
    fileprivate static func beginning(_ holder: LockHolder) -> FleetSnapshot {
        FleetSnapshot(
            job: "",
            state: .working,
            written: Date.now.formatted(.iso8601),
            elapsed: 0,
            coordinator: Process(host: holder.host ?? "", pid: Int(holder.process ?? 0)),
            progress: Progress(phase: "starting", done: 0, limit: 0, objective: nil, moved: nil),
            fleet: Fleet(requested: 0, present: 0, least: 0, joined: 0, lost: 0)
        )
    }

    /// Of a run that has ended.
    fileprivate init(_ record: RunRecord) {
        self.init(
            job: record.job,
            state: State(record.status),
            written: record.started,
            elapsed: record.seconds,
            coordinator: Process(host: "", pid: 0),
            progress: Progress(
                phase: "ended",
                done: record.iterations,
                limit: record.iterations,
                objective: record.objective,
                moved: nil
            ),
            fleet: Fleet(
                requested: record.fleet.workersRequested,
                present: 0,
                least: 0,
                joined: record.fleet.workersJoined,
                lost: record.fleet.workersLost
            )
        )
    }

    /// Nobody is at work any more.
    fileprivate mutating func end(as state: State) {
        self.state = state
        fleet.present = 0
        fleet.waiting = nil
        round?.leased = 0
        round?.remaining = nil
        workers = []
    }
}

extension FleetSnapshot.State {
    fileprivate init(_ status: RunRecord.Status) {
        switch status {
        case .done: self = .done
        case .interrupted: self = .interrupted
        case .failed: self = .failed
        }
    }
}
