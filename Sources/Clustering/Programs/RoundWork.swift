import Synchronization

/// Tasks of one round that threads of one process share, and what they have answered.
package final class RoundWork: Sendable {
    /// What has been done since it was asked last.
    struct News {
        var rows: [RowDelivery] = []
        /// Tasks that are done, of all.
        var finished = 0
        var hasFinished = false
    }

    private struct State {
        var remaining: Range<Int>
        /// Those that some thread has begun.
        var begun: Range<Int>
        var isCancelled = false
        var news = News()
        var answer: Partial?
        var certification = Certification()
        var failure: (any Error)?
    }

    private let goesFromLast: Bool
    private let state: Mutex<State>

    /// - Parameter goesFromLast: whether the last task is the first to be done.
    package init(_ tasks: Range<Int>, goesFromLast: Bool = false) {
        self.goesFromLast = goesFromLast
        state = Mutex(State(remaining: tasks, begun: goesFromLast ? tasks.suffix(0) : tasks.prefix(0)))
    }

    /// One thread's share: task after task until none is left, then one merge. What it throws ends the work.
    /// - Parameters:
    ///   - deliversRows: whether rows that an answer holds go into the news after each task.
    ///   - afterTask: is told after each task how many are done.
    package func share<Method: Program>(
        of program: Method,
        _ round: Round,
        _ memory: Method.Memory,
        deliversRows: Bool = false,
        afterTask: (_ finished: Int) throws -> Void
    ) {
        do {
            var answer = try program.emptyPartial(for: round)
            var mapper = try program.mapper(for: round, memory: memory)
            while let number = next() {
                try mapper.map(program.task(number, of: round), into: &answer)
                try afterTask(finish(deliversRows ? answer.takeDelivery() : nil))
            }
            try mapper.finish(into: &answer)
            merge(answer, deliversRows ? answer.takeDelivery() : nil, mapper.certification)
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
        }
    }

    private func next() -> Int? {
        state.withLock { state in
            guard !state.isCancelled, state.failure == nil,
                let number = goesFromLast ? state.remaining.popLast() : state.remaining.popFirst()
            else { return nil }
            state.begun = min(state.begun.lowerBound, number)..<max(state.begun.upperBound, number + 1)
            return number
        }
    }

    private func finish(_ rows: RowDelivery?) -> Int {
        state.withLock { state in
            if let rows { state.news.rows.append(rows) }
            state.news.finished += 1
            state.news.hasFinished = true
            return state.news.finished
        }
    }

    private func merge(_ answer: Partial, _ rows: RowDelivery?, _ certification: Certification) {
        state.withLock { state in
            state.certification.add(certification)
            if let rows { state.news.rows.append(rows) }
            if state.answer == nil {
                state.answer = answer
            } else {
                state.answer?.merge(answer)
            }
        }
    }

    /// No further task is begun; those at hand belong to the answer.
    package func stop() {
        state.withLock { state in
            state.remaining = goesFromLast ? state.remaining.prefix(0) : state.remaining.suffix(0)
        }
    }

    /// Nobody wants the answer.
    package func cancel() { state.withLock { $0.isCancelled = true } }

    func takeNews() -> News {
        state.withLock { state in
            defer {
                state.news.rows = []
                state.news.hasFinished = false
            }
            return state.news
        }
    }

    /// What the shares that are done took to be certain.
    package var certification: Certification { state.withLock { $0.certification } }

    /// The merged answer once all shares are done, and to which tasks; nil where it was cancelled.
    /// - Throws: what a share has thrown.
    package func result() throws -> (answer: Partial, tasks: Range<Int>)? {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            defer { state.answer = nil }
            return state.isCancelled ? nil : state.answer.map { ($0, state.begun) }
        }
    }
}
