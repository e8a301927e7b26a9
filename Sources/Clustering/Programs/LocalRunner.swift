import Shards

/// Runs a program in one process, block after block: the reference that every fleet must equal.
package struct LocalRunner<Method: Program> {
    private let program: Method
    private let sink: (any RowSink)?
    private let progress: (_ finishedBlocks: Int, _ blocks: Int) throws -> Void

    /// - Parameter progress: is told after each block how many of the round are done; what it throws ends the run.
    package init(
        _ program: Method,
        sink: (any RowSink)? = nil,
        progress: @escaping (_ finishedBlocks: Int, _ blocks: Int) throws -> Void = { _, _ in }
    ) {
        self.program = program
        self.sink = sink
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
            var answer = try program.emptyPartial(for: round)
            var mapper = try program.mapper(for: round, memory: memory)
            for number in 0..<round.blocks {
                try mapper.map(program.task(number, of: round), into: &answer)
                if round.deliversRows { try answer.deliverRows(to: sink) }
                try progress(number + 1, round.blocks)
            }
            try program.advance(&model, with: answer)
            number += 1
            let report = RoundReport(number: number, round: round, model: model, duration: clock.now - start)
            guard try observe(report) else { return (model, false) }
        }
        return (model, true)
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

    package init(number: UInt64, round: Round, model: Model, duration: Duration) {
        self.number = number
        self.round = round
        self.model = model
        self.duration = duration
    }
}

extension Partial {
    /// Moves the rows that have arrived to where they belong.
    package mutating func deliverRows(to sink: (any RowSink)?) throws {
        guard let sink else { return }
        for (name, rows) in takeRows() {
            for piece in rows.pieces {
                try sink.write(piece.values, field: name, firstRow: piece.firstRow)
            }
        }
    }
}
