/// Leases that came to nothing, by worker.
///
/// Who has failed one rests before it is given another, or the same blocks could go to the same worker as fast as messages
/// travel, for as long as it fails. Others take them meanwhile.
struct Setbacks: Hashable, Sendable {
    private struct Record: Hashable {
        /// Since it last answered a lease.
        var count = 0
        /// Until when it rests; nil when it has.
        var end: Instant?
    }

    /// Workers that are remembered. A worker that is gone for good leaves its record behind.
    private static let capacity = 1024

    private var records: [WorkerID: Record] = [:]

    mutating func add(_ worker: WorkerID, at now: Instant, _ timing: FleetTiming) {
        if records.count >= Self.capacity, records[worker] == nil { records = records.filter { $0.value.end != nil } }
        var record = records[worker] ?? Record()
        record.count += 1
        record.end = now + timing.rest(afterSetbacks: record.count)
        records[worker] = record
    }

    /// The worker has answered a lease.
    mutating func clear(_ worker: WorkerID) {
        records[worker] = nil
    }

    /// Lets those go on whose rest is over.
    mutating func endRests(at now: Instant) {
        for (worker, record) in records {
            if let end = record.end, end <= now { records[worker]?.end = nil }
        }
    }

    func isResting(_ worker: WorkerID) -> Bool { records[worker]?.end != nil }

    /// When those of these workers that rest have rested.
    func ends(of workers: [WorkerID]) -> [Instant] { workers.compactMap { records[$0]?.end } }
}
