import Dispatch
import Synchronization

/// Batches of another source, each made while the one before it is learned from: between two steps every worker waits.
final class BatchesAhead: BatchSource {
    private struct State {
        /// Of the batch that will probably be asked for next.
        var epoch = -1
        var step = -1
        /// That batch, as soon as it is made.
        var batch: Batch?
    }

    private let source: any BatchSource
    private let state = Mutex(State())

    init(_ source: any BatchSource) {
        self.source = source
    }

    var stepsPerEpoch: Int { source.stepsPerEpoch }

    func batch(epoch: Int, step: Int) -> Batch {
        // Where the batch is being made, this waits for it.
        let batch = state.withLock { take(epoch, step, &$0) } ?? source.batch(epoch: epoch, step: step)
        if step + 1 < stepsPerEpoch { prepare(epoch, step + 1) }
        return batch
    }

    private func take(_ epoch: Int, _ step: Int, _ state: inout State) -> Batch? {
        defer { state = State() }
        return state.epoch == epoch && state.step == step ? state.batch : nil
    }

    private func prepare(_ epoch: Int, _ step: Int) {
        state.withLock { $0 = State(epoch: epoch, step: step) }
        DispatchQueue.global().async { [self] in
            state.withLock { state in
                // It may have been asked for meanwhile.
                guard state.epoch == epoch, state.step == step else { return }
                state.batch = source.batch(epoch: epoch, step: step)
            }
        }
    }
}
