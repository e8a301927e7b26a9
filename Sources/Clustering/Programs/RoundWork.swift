import Synchronization

/// The tasks of one round in one process: handed out to threads, and what they have answered.
final class RoundWork: Sendable {
    /// What has been done since it was asked last.
    struct News {
        var rows: [RowDelivery] = []
        /// Tasks of the round that are done.
        var finished = 0
        var hasFinished = false
    }

    private struct State {
        var remaining: Range<Int>
        var news = News()
        var answer: Partial?
        var failure: (any Error)?
    }

    /// About what it takes to go to sleep and be woken.
    private static let briefly = Duration.microseconds(100)

    private let goesFromLast: Bool
    private let finishedShares = Atomic(0)
    private let state: Mutex<State>

    init(_ round: Round) {
        goesFromLast = round.goesFromLast
        state = Mutex(State(remaining: round.tasks))
    }

    /// One thread's share: task after task until none is left, then one merge. What it throws ends the round.
    /// - Parameter afterTask: is called after each task.
    func share<Method: Program>(
        of program: Method,
        _ round: Round,
        _ memory: Method.Memory,
        afterTask: () throws -> Void
    ) {
        defer { finishedShares.add(1, ordering: .releasing) }
        do {
            var answer = try program.emptyPartial(for: round)
            var mapper = try program.mapper(for: round, memory: memory)
            while let number = next() {
                try mapper.map(program.task(number, of: round), into: &answer)
                finish(round.deliversRows ? answer.takeDelivery() : nil)
                try afterTask()
            }
            try mapper.finish(into: &answer)
            merge(answer, round.deliversRows ? answer.takeDelivery() : nil)
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
        }
    }

    /// Waits a little for the shares of other threads without going to sleep: some rounds are not much longer than that.
    func awaitBriefly(shares: Int) {
        let end = ContinuousClock.now + Self.briefly
        while finishedShares.load(ordering: .acquiring) < shares, ContinuousClock.now < end {}
    }

    private func next() -> Int? {
        state.withLock { state in
            guard state.failure == nil else { return nil }
            return goesFromLast ? state.remaining.popLast() : state.remaining.popFirst()
        }
    }

    private func finish(_ rows: RowDelivery?) {
        state.withLock { state in
            if let rows { state.news.rows.append(rows) }
            state.news.finished += 1
            state.news.hasFinished = true
        }
    }

    private func merge(_ answer: Partial, _ rows: RowDelivery?) {
        state.withLock { state in
            if let rows { state.news.rows.append(rows) }
            if state.answer == nil {
                state.answer = answer
            } else {
                state.answer?.merge(answer)
            }
        }
    }

    func takeNews() -> News {
        state.withLock { state in
            defer {
                state.news.rows = []
                state.news.hasFinished = false
            }
            return state.news
        }
    }

    /// The merged answer, once all shares are done.
    func answer() throws -> Partial {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            defer { state.answer = nil }
            return state.answer ?? Partial([])
        }
    }
}
