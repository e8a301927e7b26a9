import Clustering
import Dashboard
import Foundation
import Services
import Shards
import Tensors

/// A run that did not come to its end, opened to go on with.
struct InterruptedRun {
    let folder: RunFolder
    let job: StoredJob
    let journal: StoredJournal<RunNote>

    /// Opens the run and removes what its dead process was writing aside.
    ///
    /// - Parameter folder: locked, so that nobody else goes on with it.
    /// - Returns: nil where no job waits there.
    /// - Throws: `CommandError`, `ServiceError` or `ShardError`.
    init?(in folder: RunFolder) throws {
        guard let job = try StoredJob.read(from: folder) else { return nil }
        self.folder = folder
        self.job = job
        journal = try StoredJournal(in: folder)
        try folder.removePartialFiles()
    }

    /// Checks that this program computes what the job began with.
    ///
    /// - Parameters:
    ///   - others: rows that the job reads besides the dataset.
    ///   - method: the job's program.
    func verify(
        _ dataset: Dataset,
        others: [Dataset] = [],
        as method: any Program.Type,
        _ fleet: FleetOptions
    ) throws {
        let fingerprint = try KernelFingerprint.current
        let allowsMixed = fleet.allowMixed || !method.dependsOnKernel
        guard job.version == Coterie.version, allowsMixed || job.fingerprint == fingerprint else {
            throw CommandError(
                .usage,
                "begun with coterie \(job.version) and \(job.fingerprint), this is \(Coterie.version) and \(fingerprint)",
                at: folder.path,
                fix: "go on with what it began with, or start the job again"
            )
        }
        for (dataset, description) in zip([dataset] + others, [job.dataset] + job.others) {
            do {
                try dataset.verify(against: description)
            } catch {
                throw dataChanged(dataset.path)
            }
        }
    }

    /// Checks the bytes of the inputs, where they were known before.
    func verify(_ inputs: [RunRecord.Input]) throws(CommandError) {
        guard let known = journal.notes.lazy.compactMap(\.inputs).first else { return }
        for (before, now) in zip(known, inputs) where before.sha256 != now.sha256 { throw dataChanged(now.path) }
    }

    private func dataChanged(_ path: String) -> CommandError {
        CommandError(
            .badData,
            "the data changed since the run began",
            at: path,
            fix: "restore the files, or start the job again with --overwrite"
        )
    }
}

extension KernelFingerprint {
    /// Of the kernels that this process uses.
    static var current: String {
        get throws { of(try KernelPath.selected) }
    }
}
