package import Clustering
import Shards

/// Runs a program in this process, with the manners of a job: progress, and a stop when asked.
package struct LocalJob<Method: Program> {
    private let program: Method
    private let sink: (any RowSink)?
    private let threads: Int
    private let interruption: Interruption

    /// - Parameter threads: that share the work, at least 1.
    package init(_ program: Method, sink: (any RowSink)?, threads: Int, interruption: Interruption) {
        self.program = program
        self.sink = sink
        self.threads = threads
        self.interruption = interruption
    }

    /// - Parameter start: where to go on; the program's beginning unless given.
    package func run(
        from start: RoundMark<Method.Model>? = nil,
        observer: some JobObserver<Method.Model>
    ) throws -> JobResult<Method.Model> {
        var progress = start.map { program.progress(of: $0.model) } ?? Progress(phase: "starting", done: 0, limit: 0)
        var round = (start?.number ?? 0) + 1
        let runner = LocalRunner(program, sink: sink, threads: threads) { finished, blocks in
            guard !interruption.isUrgent else { throw ServiceError.interrupted }
            observer.working(
                JobActivity(progress: progress, round: round, finishedBlocks: finished, blocks: blocks, workers: 0),
                fleet: { nil }
            )
            if finished == blocks { observer.modelWillChange() }
        }
        let (model, finished) = try runner.run(from: start) { report in
            progress = program.progress(of: report.model)
            round = report.number + 1
            try observer.roundFinished(report)
            if observer.isRecordDue { try observer.record() }
            return !interruption.isRequested
        }
        return JobResult(model: model, isFinished: finished, fleet: FleetRecord())
    }
}

extension ServiceError {
    /// Stopped in the middle of a round (sysexits EX_TEMPFAIL).
    package static let interrupted = ServiceError(
        exitCode: 75,
        "interrupted: the round was not finished; go on with coterie resume"
    )
}
