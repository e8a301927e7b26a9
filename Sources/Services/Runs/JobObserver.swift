package import Clustering
package import Coordination

/// Who is told how a job goes on, by either way of running it.
package protocol JobObserver<Model>: AnyObject {
    associatedtype Model

    /// A round's answer has been taken by the program.
    func roundFinished(_ report: RoundReport<Model>) throws

    /// Whether the next round may begin only once the model is on disk.
    var isRecordDue: Bool { get }

    /// Puts the model of the round that finished last on disk.
    func record() throws

    /// The program is about to change its model. Whoever still holds that of the round before makes it be copied, which a
    /// training of thousands of short rounds would feel.
    func modelWillChange()

    /// The round goes on; called every few hundred milliseconds at least.
    ///
    /// - Parameter fleet: says how the fleet is, for who takes the time to ask; nil where the job runs in one process.
    func working(_ activity: JobActivity, fleet: () -> FleetActivity?)

    /// Somebody asks how the job goes.
    /// - Returns: a JSON object, of less than a mebibyte.
    func status(_ activity: JobActivity, fleet: FleetActivity) throws -> String

    /// Something happened to the fleet, this long after the job began.
    func fleetChanged(_ event: FleetEvent, after time: Duration) throws

    /// All blocks of a lease that a worker lost are leased again, the last of them to another.
    func leasedAgain(_ lease: Lease, from: WorkerID, to: WorkerID, after time: Duration) throws
}

extension JobObserver {
    package func modelWillChange() {}

    package func leasedAgain(_ lease: Lease, from: WorkerID, to: WorkerID, after time: Duration) throws {}
}

/// What a job is doing at this moment.
package struct JobActivity: Sendable, Equatable {
    package var progress: Progress
    /// The number of the round, from 1.
    package var round: UInt64
    /// Blocks of the round whose answers are in, and how many there are.
    package var finishedBlocks: Int
    package var blocks: Int
    /// Workers that have joined; 0 when the job runs in one process.
    package var workers: Int

    package init(progress: Progress, round: UInt64, finishedBlocks: Int, blocks: Int, workers: Int) {
        self.progress = progress
        self.round = round
        self.finishedBlocks = finishedBlocks
        self.blocks = blocks
        self.workers = workers
    }
}

/// What a fleet is doing at this moment, and what its workers have done.
package struct FleetActivity: Sendable {
    package var status: FleetStatus
    package var record: FleetRecord
    /// On the clock of the machine that the status is of.
    package var now: Instant

    package init(status: FleetStatus, record: FleetRecord, at now: Instant) {
        self.status = status
        self.record = record
        self.now = now
    }
}

/// What came of a job.
package struct JobResult<Model> {
    package var model: Model
    /// False when it was interrupted after a round.
    package var isFinished: Bool
    package var fleet: FleetRecord
}
