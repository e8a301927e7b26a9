import Coordination

/// Workers of which nothing could be read lately: whoever goes on so is not let in again.
///
/// A name, not a person: a worker that is started again has another.
struct Strikes {
    /// Times in a row. A connection that breaks in the middle of an answer is one, so a few are nobody's fault.
    static let most = 8
    /// Names that are remembered.
    private static let mostNames = 4096

    private var counts: [WorkerID: Int] = [:]

    /// Counts something that could not be read.
    mutating func add(_ worker: WorkerID) {
        if counts.count >= Self.mostNames { counts = [:] }
        counts[worker, default: 0] += 1
    }

    /// Forgets what went before an answer that could be read.
    mutating func clear(_ worker: WorkerID) {
        counts[worker] = nil
    }

    func isOut(_ worker: WorkerID) -> Bool {
        counts[worker, default: 0] >= Self.most
    }
}
