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

    /// The round goes on; called every few hundred milliseconds at most.
    func working(_ activity: JobActivity)

    /// Something happened to the fleet, this long after the job began.
    func fleetChanged(_ event: FleetEvent, after time: Duration) throws
}

/// What a job is doing at this moment.
package struct JobActivity: Sendable, Equatable {
    package var progress: Progress
    /// Blocks of the round whose answers are in, and how many there are.
    package var finishedBlocks: Int
    package var blocks: Int
    /// Workers that have joined; 0 when the job runs in one process.
    package var workers: Int

    package init(progress: Progress, finishedBlocks: Int, blocks: Int, workers: Int) {
        self.progress = progress
        self.finishedBlocks = finishedBlocks
        self.blocks = blocks
        self.workers = workers
    }
}

/// What came of a job.
package struct JobResult<Model> {
    package var model: Model
    /// False when it was interrupted after a round.
    package var isFinished: Bool
    package var fleet: FleetRecord
}
