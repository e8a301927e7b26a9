import Clustering
import Coordination
import Dashboard
import Foundation
import Services
import Shards
import Tensors

/// One job from its dataset to its folder: what every command that runs a program does around it.
///
/// The folder is taken before work starts, so that a place that cannot be written to is found at once, and given up again
/// when nothing came of the job. The truth is opened last, when the results have their names.
final class JobRun {
    let name: String
    let dataset: Dataset
    let folder: RunFolder
    private let output: OutputOptions
    private let launcher: JobLauncher
    private let signals: SignalWatch
    private let digests: InputDigests
    private let resuming: InterruptedRun?
    private let job: StoredJob
    /// Centroids that the job was given in a file.
    private let centroids: Matrix?
    private var setting: [String: JSONValue]
    private var written = Written.nothing
    /// Whether kernels that differ could have led to other bits.
    private var dependsOnKernel = true

    /// What of this run's results is in the folder.
    private enum Written {
        case nothing
        case some
        /// All results, or the record of an interrupted run.
        case whole
    }

    /// - Parameters:
    ///   - settings: those of the method; those that every job has are added.
    ///   - words: the command and its options, as the folder is to keep them.
    ///   - centroids: those that the job was given in a file.
    ///   - others: rows that the job reads besides the dataset.
    ///   - lists: files that the job reads besides, of so many lines.
    ///   - resuming: the run to go on with; nil for a new one.
    init(
        _ name: String,
        dataset: Dataset,
        settings: [String: JSONValue],
        words: [String],
        centroids: Matrix? = nil,
        others: [Dataset] = [],
        lists: [InputFile] = [],
        resuming: InterruptedRun?,
        fleet: FleetOptions,
        output: OutputOptions,
        common: CommonOptions
    ) throws {
        self.name = name
        self.dataset = dataset
        self.output = output
        self.centroids = centroids
        self.resuming = resuming
        let interruption = Interruption()
        launcher = JobLauncher(fleet: fleet, interruption: interruption, isQuiet: output.progress.quiet)
        try launcher.checkLimits()
        let truth = output.truth
        if let truth { try Self.checkTruth(truth, rows: dataset.rows) }
        // Every worker would refuse, each with a line of its own.
        _ = try KernelPath.selected
        setting = settings.merging(fleet.record) { own, _ in own }
        setting["data"] = .string(dataset.path)
        setting["seed"] = .string(String(common.seed))
        setting["block-rows"] = .integer(dataset.blockRows)
        if let truth { setting["truth"] = .string(truth) }
        let now = Date()
        job =
            try resuming?.job
            ?? StoredJob(
                words: words,
                fleet: fleet.words,
                dataset: dataset.description,
                others: others.map(\.description),
                started: now.formatted(.iso8601),
                fingerprint: KernelFingerprint.current
            )
        folder =
            try resuming?.folder
            ?? output.makeFolder(for: name, startedAt: now)
        signals = SignalWatch(interruption, except: fleet.hasKeys ? [SIGHUP] : [])
        digests = InputDigests(of: [dataset] + others, lists: lists)
    }

    /// Finds a truth that cannot be compared with the labels before there are any. What is read is let go of.
    private static func checkTruth(_ path: String, rows: Int) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandError(.noInput, "no such file", at: path, fix: "check --truth")
        }
        let count = try LabelsFile.read(path).count
        guard count == rows else {
            throw CommandError(
                .badData,
                "\(count) labels for \(rows) rows",
                at: "--truth \(path)",
                fix: "give one for each row, in the order of the rows"
            )
        }
    }

    /// What a job leaves behind beside its record.
    struct Products {
        /// Names of the result files, which the digest covers.
        var results: [String]
        /// Names of further files, which it does not cover.
        var companions: [String] = []
        var objective: Double?
        var iterations: Int
        var clusters: ClustersRecord?
        var gallery: [GalleryImage] = []
        /// What the job was predicted to cost, and what is known of what it did besides the fleet's record.
        var costs: RunRecord.Costs?
        /// Of results that are approximate.
        var recall: RunRecord.Recall?
        /// What the user should know about the results.
        var warnings: [String] = []
        /// How each restart came out, where there is more to say of it than its objective.
        var restarts: [RunRecord.Restart]?
        /// Whether the restart that was kept had come to rest; nil for a job that does not iterate until then.
        var converged: Bool?
        /// Settings that the size of the job decided.
        var automatic: [String] = []
        /// Of a job that found its result on some of the rows.
        var sample: RunRecord.Sample?
    }

    /// Runs the program and writes everything that the run's folder holds.
    /// - Parameters:
    ///   - iteration: the last iteration that the program has done, if any.
    ///   - setUp: makes the program, and what takes the rows of its answers, with files in the run's folder.
    ///   - finish: writes the results of a finished model; those of the sink have been committed by then.
    func run<Method: Program>(
        iteration: @escaping (RoundReport<Method.Model>) -> RunRecord.Iteration?,
        setUp: (RunFolder) throws -> (program: Method, sink: any ResultSink),
        finish: (Method.Model, RunFolder) throws -> Products
    ) throws {
        var hasCheckpoint = false
        do {
            let journal = try openJournal()
            defer { hasCheckpoint = journal.hasCheckpoint }
            let (program, sink) = try setUp(folder)
            try perform(program, sink, journal, iteration, finish)
        } catch {
            throw leave(after: error, hasCheckpoint: hasCheckpoint)
        }
    }

    /// Takes down what the next life of this run would need, before work starts.
    private func openJournal() throws -> RunJournal<RunNote> {
        if let resuming { return try RunJournal(continuing: resuming.journal, in: folder) }
        // Of a job that was killed before it could be gone on with.
        try folder.removePartialFiles()
        try StoredJob.remove(from: folder)
        let journal = try RunJournal<RunNote>(beginningIn: folder)
        try job.write(to: folder, centroids: centroids)
        return journal
    }

    /// Takes back what a failed job has written, unless somebody can use it, and says how to go on where that is possible.
    private func leave(after error: any Error, hasCheckpoint: Bool) -> any Error {
        guard written != .whole else { return error }
        // There is nobody to tell if taking back fails too: the first failure is the one to be told.
        if written == .some { try? folder.removeOldResults(keeping: []) }
        let failure = Failure(error)
        let remedy = "'coterie resume \(folder.path)' goes on"
        switch failure.status {
        case .interrupted:
            return CommandError(.interrupted, "interrupted", at: "\(folder.path), in a round", fix: remedy)
        case .unavailable where hasCheckpoint || resuming != nil, .inputOutput where hasCheckpoint || resuming != nil:
            return CommandError(failure.status, message: "\(failure.message); then \(remedy)")
        default: break
        }
        if resuming == nil && !hasCheckpoint { giveUp() }
        return error
    }

    /// Leaves nothing of a job of which nothing came.
    private func giveUp() {
        if folder.isNew {
            try? folder.remove()
        } else {
            try? StoredJob.remove(from: folder)
            try? FileManager.default.removeItem(atPath: folder.path(for: "events.jsonl"))
        }
    }

    private func perform<Method: Program>(
        _ program: Method,
        _ sink: any ResultSink,
        _ journal: RunJournal<RunNote>,
        _ iteration: @escaping (RoundReport<Method.Model>) -> RunRecord.Iteration?,
        _ finish: (Method.Model, RunFolder) throws -> Products
    ) throws {
        dependsOnKernel = Method.dependsOnKernel
        let recorder = try JobRecorder(
            job: name,
            folder: folder,
            display: ProgressDisplay(options: output.progress, environment: ProcessEnvironment.current),
            journal: journal,
            continuing: resuming?.journal.notes,
            digests: digests,
            rowsOfRound: { program.rows(of: $0) },
            encode: { program.round(after: $0) == nil ? nil : program.encode($0) },
            iteration: iteration
        )
        let result = try launch(program, journal.term, sink, recorder)
        guard result.isFinished else { throw try interrupted(result.fleet, recorder) }
        let inputs = try recorder.timed("digest inputs") { try digests.wait(verifying: readings) }
        try resuming?.verify(inputs)
        let products = try recorder.timed("write") {
            // The record of an earlier run goes first: it says that what lies beside it is whole.
            try folder.removeOldResults(keeping: RunFolder.resultNames.filter { $0 != "run.json" })
            written = .some
            let committed = try sink.commit()
            var products = try finish(result.model, folder)
            products.results += committed
            try folder.removeOldResults(keeping: products.results + products.companions)
            written = .whole
            return products
        }
        try conclude(products, result.fleet, recorder, inputs)
    }

    /// What all processes of the run have read.
    private var readings: [RowReading] {
        let earlier = resuming?.journal.notes.flatMap { $0.readings ?? [] } ?? []
        return earlier + ReadingLedger.process.readings
    }

    private func launch<Method: Program>(
        _ program: Method,
        _ term: Term,
        _ sink: any ResultSink,
        _ recorder: JobRecorder<Method.Model>
    ) throws -> JobResult<Method.Model> {
        let start = try resuming?.journal.snapshot.map { round, model in
            RoundMark(number: round, model: try program.decode(model))
        }
        if let resuming {
            let torn = resuming.journal.isTorn ? ", a torn record was cut off" : ""
            try recorder.resumed("term \(term) after round \(start?.number ?? 0)\(torn)")
        }
        defer { recorder.finishDisplay() }
        do {
            return try launcher.run(program, sink: sink, from: start, term: term, observer: recorder)
        } catch {
            // What went wrong is told; that this too may go wrong is not news.
            try? recorder.leave(nil)
            throw error
        }
    }
}

// The end of a job.
extension JobRun {
    /// Evaluates, writes the record and the report, and says what came out.
    private func conclude<Model>(
        _ products: Products,
        _ fleet: FleetRecord,
        _ recorder: JobRecorder<Model>,
        _ inputs: [RunRecord.Input]
    ) throws {
        // A truth that changed meanwhile is the user's error, but the labels are right and keep their record.
        let metrics = Result { try recorder.timed("evaluate") { try evaluate() } }
        var record = record(of: fleet, recorder, inputs: inputs)
        record.status = .done
        record.objective = products.objective
        record.iterations = products.iterations
        record.metrics = try? metrics.get()
        record.recall = products.recall
        record.warnings = products.warnings.isEmpty ? nil : products.warnings
        record.restarts = products.restarts
        record.converged = products.converged
        record.automatic = products.automatic.isEmpty ? nil : products.automatic
        record.sample = products.sample
        record.costs = products.costs?.completed(by: record.fleet, coordinatorBytes: recorder.peakMemory)
        record.digest = try folder.resultDigest(of: products.results)
        if let clusters = products.clusters {
            try AtomicFile.write(try clusters.json(), to: folder.path(for: "clusters.json"))
        }
        try write(record, clusters: products.clusters, gallery: products.gallery)
        try StoredJob.remove(from: folder)
        _ = try metrics.get()
        for warning in products.warnings { StandardError.warn(warning) }
        try StandardOutput.write(output.json ? try record.json() + "\n" : summary(of: record))
    }

    /// Leaves the record of a job that was stopped between two rounds.
    private func interrupted<Model>(_ fleet: FleetRecord, _ recorder: JobRecorder<Model>) throws -> CommandError {
        try recorder.leave(fleet)
        let record = record(of: fleet, recorder, inputs: [])
        try folder.removeOldResults(keeping: [])
        try write(record, clusters: nil, gallery: [])
        written = .whole
        return CommandError(
            .interrupted,
            "interrupted",
            at: "\(folder.path) after \(record.history.count) iterations",
            fix: "'coterie resume \(folder.path)' goes on"
        )
    }

    private func write(_ record: RunRecord, clusters: ClustersRecord?, gallery: [GalleryImage]) throws {
        let events = try StoredRun.events(in: folder.path)
        let page = RunReport.html(record: record, clusters: clusters, events: events, gallery: gallery)
        try AtomicFile.write(page, to: folder.path(for: "report.html"))
        // Last: it says that the others are whole.
        try AtomicFile.write(try record.json(), to: folder.path(for: "run.json"))
    }

    /// The truth is not read before the labels have their name.
    private func evaluate() throws -> [String: Double]? {
        guard let truth = output.truth else { return nil }
        let labels = try LabelsFile.read(folder.path(for: "labels.npy"))
        let table = try ContingencyTable(labels: labels, truth: try LabelsFile.read(truth))
        return try ClusteringMetrics(table).dictionary()
    }

    private func summary(of record: RunRecord) -> String {
        let page = folder.path(for: "report.html")
        return RunSummary.text(record) + (output.progress.quiet ? "" : "report: \(page)\n")
    }

    private func record<Model>(
        of fleet: FleetRecord,
        _ recorder: JobRecorder<Model>,
        inputs: [RunRecord.Input]
    ) -> RunRecord {
        let measured = recorder.timings.reduce(0) { $0 + $1.seconds }
        // Starting the fleet, waiting between rounds: whatever no phase accounts for.
        recorder.add(max(0, recorder.elapsed - measured), to: "other")
        var record = RunRecord(
            job: name,
            status: .interrupted,
            started: job.started,
            settings: setting,
            inputs: inputs,
            rows: dataset.rows,
            dimensions: dataset.columns,
            objective: nil,
            iterations: recorder.history.count,
            history: recorder.history,
            metrics: nil,
            timings: recorder.timings,
            fleet: recorder.record(of: fleet),
            fingerprint: fleet.fingerprint ?? job.fingerprint,
            versions: .current,
            reproducible: !dependsOnKernel || recorder.fingerprints(of: fleet).count <= 1,
            digest: nil
        )
        record.cores = RunRecord.Cores(.ofThisProcess)
        record.certification = RunRecord.Certification(recorder.certified)
        return record
    }
}

extension Program {
    /// The rows that a round's tasks are about.
    fileprivate func rows(of round: Round) -> Int {
        guard !round.tasks.isEmpty else { return 0 }
        return task(round.tasks.upperBound - 1, of: round).rows.upperBound
            - task(round.tasks.lowerBound, of: round).rows.lowerBound
    }
}
