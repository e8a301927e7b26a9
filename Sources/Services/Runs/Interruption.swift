import Dispatch
import Foundation
import Synchronization

/// Counts the requests to stop: SIGINT, SIGTERM, and SIGUSR2 (by which Slurm warns of the end of a job).
///
/// Asked once, a job finishes its round; asked twice, it stops where it is.
package final class Interruption: Sendable {
    private struct State {
        var requests = 0
        var wake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Asks to stop, as a signal does.
    package func request() {
        let wake = state.withLock { state in
            state.requests += 1
            return state.wake
        }
        wake?()
    }

    package var isRequested: Bool { state.withLock { $0.requests >= 1 } }

    /// Whether to stop at once, without finishing the round.
    package var isUrgent: Bool { state.withLock { $0.requests >= 2 } }

    /// Calls `wake` at every request, from any thread.
    func notify(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
    }
}

/// Turns signals into requests to stop, in place of what they do otherwise, for as long as it is kept.
package final class SignalWatch {
    private let sources: [any DispatchSourceSignal]

    package init(_ interruption: Interruption, signals: [Int32] = [SIGINT, SIGTERM, SIGUSR2]) {
        sources = signals.map { number in
            // The disposition must change, or the process would die before the source hears of the signal.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { interruption.request() }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }
}
