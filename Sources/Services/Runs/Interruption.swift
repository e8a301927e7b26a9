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
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    package init() {}

    /// Counts these signals from now on, in place of what they do otherwise.
    package func watch(_ signals: [Int32] = [SIGINT, SIGTERM, SIGUSR2]) {
        for number in signals {
            // The disposition must change, or the process would die before the source hears of the signal.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.request() }
            source.resume()
            sources.withLock { $0.append(source) }
        }
    }

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
