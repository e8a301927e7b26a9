import Dashboard
import Foundation
import Shards
import Synchronization

/// A file that a job reads.
struct InputFile: Sendable {
    var path: String
    /// Rows or lines.
    var rows: Int
}

/// The SHA-256 of each input file, computed beside the job: it reads what the job reads, and the job need not wait.
final class InputDigests: Sendable {
    private struct Found {
        var inputs: [RunRecord.Input]
        var datasets: [DatasetDigests]
    }

    private let datasets: [Dataset]
    private let result = Mutex<Result<Found, any Error>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    /// Starts at once, at low priority.
    init(of datasets: [Dataset], lists: [InputFile]) {
        self.datasets = datasets
        let thread = Thread { [self] in
            let found = Result { try Self.read(datasets, lists) }
            result.withLock { $0 = found }
            isDone.signal()
        }
        thread.qualityOfService = .background
        thread.start()
    }

    private static func read(_ datasets: [Dataset], _ lists: [InputFile]) throws -> Found {
        let digests = try datasets.map { try DatasetDigests(of: $0) }
        let rows = zip(datasets, digests).flatMap { dataset, digests in
            zip(dataset.files, digests.sha256).map { file, sha256 in
                RunRecord.Input(path: file.path, rows: file.rows, sha256: sha256)
            }
        }
        let lines = try lists.map { list in
            RunRecord.Input(path: list.path, rows: list.rows, sha256: try Digest.hexadecimal(ofFile: list.path))
        }
        return Found(inputs: rows + lines, datasets: digests)
    }

    /// Those of all files, once they are computed.
    var known: [RunRecord.Input]? { result.withLock { try? $0?.get() }?.inputs }

    /// Waits for the last of them.
    ///
    /// - Parameter readings: what the job has read, here and, as was stated and found right, at workers.
    /// - Throws: `ShardError` where a file cannot be read, or is not what the job has read.
    func wait(verifying readings: [RowReading]) throws -> [RunRecord.Input] {
        isDone.wait()
        guard let found = try result.withLock({ $0 })?.get() else { return [] }
        for (dataset, digests) in zip(datasets, found.datasets) { try digests.verify(readings, of: dataset) }
        return found.inputs
    }
}
