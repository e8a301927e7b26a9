/// What `run.json` holds: everything about one run but its arrays.
///
/// The keys are part of the contract with users. Times are wall-clock seconds; points in time are seconds since the run
/// began. A number that is not finite is left out, never written.
package struct RunRecord: Codable, Sendable, Equatable {
    /// How the run ended.
    package enum Status: String, Codable, Sendable {
        case done
        /// Stopped before its end; `coterie resume` goes on.
        case interrupted
        case failed
    }

    /// The command, as `kmeans`.
    package var job: String
    package var status: Status
    /// When the run began, in ISO 8601 with its zone.
    package var started: String
    /// Every setting in force, under the name of its flag without dashes.
    package var settings: [String: JSONValue]
    package var inputs: [Input]
    package var rows: Int
    package var dimensions: Int
    /// The value that the job optimises, at its end; of the best restart where there are several.
    package var objective: Double?
    /// Iterations of the restart that was kept.
    package var iterations: Int
    /// Iterations of all restarts, in the order they happened.
    package var history: [Iteration]
    /// Metrics by their published key, as fractions; only where the truth was given.
    package var metrics: [String: Double]?
    /// Phases that follow one another, in order; together they are the whole run.
    package var timings: [Timing]
    /// What the job was predicted to take and took; only of jobs that predict it.
    package var costs: Costs?
    /// How much of the exact answer was found; only of results that are approximate.
    package var recall: Recall?
    /// What the user should know about the results, where there is something.
    package var warnings: [String]?
    /// How each restart came out, where there is more to say of it than its objective.
    package var restarts: [Restart]?
    /// Whether the restart that was kept had come to rest; only of jobs that iterate until then.
    package var converged: Bool?
    /// Settings that were not given and followed from the size of the job, by the names of their flags.
    package var automatic: [String]?
    /// What was found on a sample of the rows; nil where all of them had part in everything.
    package var sample: Sample?
    /// What it took to be certain of labels and lists; nil where there were none.
    package var certification: Certification?
    /// Nil where the run could use every core of the machine.
    package var cores: Cores?
    package var fleet: Fleet
    /// The kernel fingerprint: results are the same bits only under the same one.
    package var fingerprint: String
    package var versions: Versions
    /// Whether another run with these settings and this fingerprint gives the same digest.
    package var reproducible: Bool
    /// SHA-256 of the results, in hexadecimal; `nil` when there are none.
    package var digest: String?

    package init(
        job: String,
        status: Status,
        started: String,
        settings: [String: JSONValue],
        inputs: [Input],
        rows: Int,
        dimensions: Int,
        objective: Double?,
        iterations: Int,
        history: [Iteration],
        metrics: [String: Double]?,
        timings: [Timing],
        fleet: Fleet,
        fingerprint: String,
        versions: Versions,
        reproducible: Bool,
        digest: String?
    ) {
        self.job = job
        self.status = status
        self.started = started
        self.settings = settings
        self.inputs = inputs
        self.rows = rows
        self.dimensions = dimensions
        self.objective = objective?.ifFinite
        self.iterations = iterations
        self.history = history
        self.metrics = metrics?.compactMapValues(\.ifFinite)
        self.timings = timings
        self.fleet = fleet
        self.fingerprint = fingerprint
        self.versions = versions
        self.reproducible = reproducible
        self.digest = digest
    }
}

extension RunRecord {
    /// One file that was read.
    package struct Input: Codable, Sendable, Equatable {
        package var path: String
        package var rows: Int
        /// Of the file's bytes, in hexadecimal.
        package var sha256: String

        package init(path: String, rows: Int, sha256: String) {
            self.path = path
            self.rows = rows
            self.sha256 = sha256
        }
    }

    /// What is known of one restart without a truth.
    package struct Restart: Codable, Sendable, Equatable {
        /// From 0.
        package var restart: Int
        /// At its end.
        package var objective: Double?
        /// How much less the entropies of its mean predictions are than those of clusters of one size.
        package var balanceGap: Double?
        /// Mean adjusted Rand index of its labels with those of each other restart.
        package var agreement: Double?
        /// Whether what it learned is part of the result.
        package var isKept: Bool?
        /// That it took; of k-means.
        package var iterations: Int?
        /// Why it ended: `labels` where no label changed, `tolerance`, `limit`, or `cycle`; of k-means.
        package var ended: String?

        private enum CodingKeys: String, CodingKey {
            case restart, objective, agreement, iterations, ended
            case isKept = "kept"
            case balanceGap = "balance_gap"
        }

        package init(restart: Int, objective: Double?, balanceGap: Double?, agreement: Double?, isKept: Bool?) {
            self.restart = restart
            self.objective = objective?.ifFinite
            self.balanceGap = balanceGap?.ifFinite
            self.agreement = agreement?.ifFinite
            self.isKept = isKept
        }
    }

    /// One iteration of one restart.
    package struct Iteration: Codable, Sendable, Equatable {
        /// From 0.
        package var restart: Int
        /// From 1.
        package var iteration: Int
        package var objective: Double?
        /// Rows whose label changed; `nil` for a job that has no labels before its end.
        package var moved: Int?
        package var seconds: Double?
        package var rowsPerSecond: Double?

        private enum CodingKeys: String, CodingKey {
            case restart, iteration, objective, moved, seconds
            case rowsPerSecond = "rows_per_second"
        }

        package init(
            restart: Int,
            iteration: Int,
            objective: Double?,
            moved: Int?,
            seconds: Double?,
            rowsPerSecond: Double?
        ) {
            self.restart = restart
            self.iteration = iteration
            self.objective = objective?.ifFinite
            self.moved = moved
            self.seconds = seconds?.ifFinite
            self.rowsPerSecond = rowsPerSecond?.ifFinite
        }
    }

    /// The time one phase took.
    package struct Timing: Codable, Sendable, Equatable {
        package var phase: String
        package var seconds: Double

        package init(phase: String, seconds: Double) {
            self.phase = phase
            self.seconds = seconds.ifFinite ?? 0
        }
    }

    /// What the results were computed with.
    package struct Versions: Codable, Sendable, Equatable {
        package var coterie: String
        package var swift: String
        package var openblas: String
        package var zeromq: String

        package init(coterie: String, swift: String, openblas: String, zeromq: String) {
            self.coterie = coterie
            self.swift = swift
            self.openblas = openblas
            self.zeromq = zeromq
        }
    }
}

extension RunRecord {
    /// The whole run in seconds: the sum of its phases.
    package var seconds: Double {
        timings.reduce(0) { $0 + max($1.seconds, 0) }
    }

    /// Rows per second over all iterations that say how long they took; `nil` when none does.
    var meanRowsPerSecond: Int? {
        var rows = 0.0
        var seconds = 0.0
        for iteration in history {
            guard let rate = iteration.rowsPerSecond, let time = iteration.seconds else { continue }
            rows += rate * time
            seconds += time
        }
        guard let rate = (rows / seconds).ifFinite, abs(rate) < 1e15 else { return nil }
        return Int(rate.rounded())
    }

    /// The text of `run.json`.
    /// - Throws: `EncodingError` when a value that was set after the record was made is not finite.
    package func json() throws -> String {
        try RecordText.pretty(self)
    }

    /// Reads the text of a `run.json`.
    /// - Throws: `DecodingError` when it is not one.
    package init(json: String) throws {
        self = try RecordText.read(RunRecord.self, from: json)
    }
}
