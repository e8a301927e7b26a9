import Clustering
import Dispatch
import Synchronization
import Wire

/// Opens jobs on a thread of its own, so that the worker goes on being heard: files that have to be decoded take as long as
/// they are large.
final class JobOpener: Sendable {
    struct Opened: Sendable {
        let job: String
        let result: Result<any TaskSession, any Error>
    }

    private let wake: WakeSignal
    private let opened = Mutex<[Opened]>([])
    private let queue = DispatchQueue(label: "opening")

    init(wake: WakeSignal) {
        self.wake = wake
    }

    /// Opens a job after those before it; its end is told by `takeOpened`.
    func open(_ job: String) {
        queue.async {
            let result = Result { try Self.session(for: try ProgramCatalog.open(JobDescription(text: job))) }
            self.opened.withLock { $0.append(Opened(job: job, result: result)) }
            self.wake.wake()
        }
    }

    /// What was opened since the last call.
    func takeOpened() -> [Opened] {
        opened.withLock { opened in
            defer { opened = [] }
            return opened
        }
    }

    private static func session(for program: any Program) throws -> any TaskSession {
        func open<Method: Program>(_ program: Method) -> any TaskSession { ProgramSession(program) }
        return open(program)
    }
}
