import Dashboard
import Foundation
import Shards
import Synchronization

/// A file that a job reads.
struct InputFile: Sendable {
    var path: String
    /// Rows or lines.
    var rows: Int

    init(path: String, rows: Int) {
        self.path = path
        self.rows = rows
    }

    init(_ file: DatasetFile) {
        self.init(path: file.path, rows: file.rows)
    }
}

/// The SHA-256 of each input file, computed beside the job: it reads what the job reads, and the job need not wait.
final class InputDigests: Sendable {
    private let result = Mutex<Result<[RunRecord.Input], any Error>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    /// Starts at once, at low priority.
    init(of files: [InputFile]) {
        let thread = Thread { [self] in
            let digests = Result {
                try files.map { file in
                    RunRecord.Input(path: file.path, rows: file.rows, sha256: try Digest.hexadecimal(ofFile: file.path))
                }
            }
            result.withLock { $0 = digests }
            isDone.signal()
        }
        thread.qualityOfService = .background
        thread.start()
    }

    /// Those of all files, once they are computed.
    var known: [RunRecord.Input]? { result.withLock { try? $0?.get() } }

    /// Waits for the last of them.
    func wait() throws -> [RunRecord.Input] {
        isDone.wait()
        return try result.withLock { $0 }?.get() ?? []
    }
}
