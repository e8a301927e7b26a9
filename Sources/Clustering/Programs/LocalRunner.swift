import Dispatch

/// Runs a program in one process: the reference that every fleet must equal.
package struct LocalRunner<Method: Program> {
    private let program: Method
    private let sink: (any RowSink)?
    private let threads: Int
    private let progress: (_ finishedBlocks: Int, _ blocks: Int) throws -> Void

    /// - Parameters:
    ///   - threads: that share the blocks of a round, at least 1; the bits are the same for any number.
    ///   - progress: is told now and then how many blocks of the round are done, and in the end that all are; what it
    ///     throws ends the run. It and the sink are called by the thread that runs.
    package init(
        _ program: Method,
        sink: (any RowSink)? = nil,
        threads: Int = 1,
        progress: @escaping (_ finishedBlocks: Int, _ blocks: Int) throws -> Void = { _, _ in }
    ) {
        self.program = program
        self.sink = sink
        self.threads = threads
        self.progress = progress
    }

    /// Runs until the program has no further round, or `observe` says to stop.
    /// - Parameters:
    ///   - start: where to go on; the beginning unless given.
    ///   - observe: is told of each round once the program has advanced; false stops the run.
    /// - Returns: the last model, and whether the program finished.
    package func run(
        from start: RoundMark<Method.Model>? = nil,
        observing observe: (RoundReport<Method.Model>) throws -> Bool = { _ in true }
    ) throws -> (model: Method.Model, finished: Bool) {
        let clock = ContinuousClock()
        let memory = program.makeMemory()
        var model = try start?.model ?? program.begin()
        if start != nil { try program.resume(from: model) }
        var number = start?.number ?? 0
        while let round = program.round(after: model) {
            let start = clock.now
            let (answer, certification) = try answer(to: round, memory)
            try program.advance(&model, with: answer)
            number += 1
            let report = RoundReport(
                number: number,
                round: round,
                model: model,
                duration: clock.now - start,
                certification: certification
            )
            guard try observe(report) else { return (model, false) }
        }
        return (model, true)
    }

    private func answer(to round: Round, _ memory: Method.Memory) throws -> (Partial, Certification) {
        let work = RoundWork(round.tasks, goesFromLast: round.goesFromLast)
        let group = DispatchGroup()
        for _ in 1..<max(1, min(threads, round.tasks.count)) {
            DispatchQueue.global().async(group: group) { [program] in
                work.share(of: program, round, memory, deliversRows: round.deliversRows) { _ in }
            }
        }
        work.share(of: program, round, memory, deliversRows: round.deliversRows) { _ in try deliver(work, of: round) }
        group.wait()
        try deliver(work, of: round)
        return (try work.result()?.answer ?? Partial([]), work.certification)
    }

    /// What the threads have done since the last time, to where it belongs.
    private func deliver(_ work: RoundWork, of round: Round) throws {
        let news = work.takeNews()
        for rows in news.rows { try rows.deliver(to: sink) }
        if news.hasFinished { try progress(news.finished, round.tasks.count) }
    }
}

/// Between two rounds of a job.
package struct RoundMark<Model> {
    /// The rounds that have been done.
    package var number: UInt64
    package var model: Model

    package init(number: UInt64, model: Model) {
        self.number = number
        self.model = model
    }
}

/// One round, after it.
package struct RoundReport<Model> {
    /// From 1.
    package let number: UInt64
    package let round: Round
    /// The model that the round's answer led to.
    package let model: Model
    package let duration: Duration
    package let certification: Certification

    package init(number: UInt64, round: Round, model: Model, duration: Duration, certification: Certification) {
        self.number = number
        self.round = round
        self.model = model
        self.duration = duration
        self.certification = certification
    }
}
