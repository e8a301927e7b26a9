import Dispatch
import Foundation
import Synchronization

/// Counts the requests to stop: SIGINT, SIGTERM, SIGHUP of a terminal that goes, and SIGUSR1 and SIGUSR2, by which schedulers
/// warn of the end of a job.
///
/// Asked once, a job finishes its round; asked twice, it stops where it is.
package final class Interruption: Sendable {
    private struct State {
        var requests = 0
        var cause: String?
        var wake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Asks to stop, as a signal does.
    ///
    /// - Parameter cause: what asks, for people.
    package func request(by cause: String? = nil) {
        let wake = state.withLock { state in
            state.requests += 1
            state.cause = state.cause ?? cause
            return state.wake
        }
        wake?()
    }

    /// What asked first.
    package var cause: String? { state.withLock { $0.cause } }

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
    /// All signals that ask a process to stop, and their names.
    private static let names = [
        SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGHUP: "SIGHUP", SIGUSR1: "SIGUSR1", SIGUSR2: "SIGUSR2",
    ]

    private let sources: [any DispatchSourceSignal]

    /// - Parameter others: those of the signals that mean nothing to this process, or something else.
    package init(_ interruption: Interruption, except others: Set<Int32> = []) {
        sources = Self.names.compactMap { number, name in
            // Who started this with nohup wants it to go on without a terminal.
            if number == SIGHUP && Self.isIgnored(SIGHUP) { return nil }
            // The disposition must change, or the process would die before the source hears of the signal.
            signal(number, SIG_IGN)
            guard !others.contains(number) else { return nil }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { interruption.request(by: name) }
            source.resume()
            return source
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        // Handlers cannot be compared; the one that ignores is the number 1 in all systems.
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    deinit {
        for source in sources { source.cancel() }
    }
}
