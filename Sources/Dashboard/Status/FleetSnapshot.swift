/// How a job stands at one moment: what `coterie status --json` prints.
///
/// The keys are part of the contract with users. Times are seconds; what is not known is left out.
package struct FleetSnapshot: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable {
        case working
        /// Too few workers have joined.
        case waiting
        case done
        /// Stopped or killed; `coterie resume` goes on.
        case interrupted
        case failed
    }

    /// The command, as `kmeans`.
    package var job: String
    package var state: State
    /// When this was so, in ISO 8601.
    package var written: String
    /// For which the run has been at work, in all its lives.
    package var elapsed: Double
    package var coordinator: Process
    package var progress: Progress
    /// Nil between two rounds.
    package var round: Round?
    /// Of the last round.
    package var rowsPerSecond: Double?
    package var fleet: Fleet
    /// Those that belong to the fleet, in the order in which they joined, and after them the last ones lost. At most 256.
    package var workers: [Worker]
    /// Blocks that were taken from a worker, and who has them since; the latest last.
    package var moves: [Move]
    /// The latest last.
    package var events: [FleetEventRecord]

    private enum CodingKeys: String, CodingKey {
        case job, state, written, coordinator, progress, round, fleet, workers, moves, events
        case elapsed = "elapsed_seconds"
        case rowsPerSecond = "rows_per_second"
    }

    package init(
        job: String,
        state: State,
        written: String,
        elapsed: Double,
        coordinator: Process,
        progress: Progress,
        round: Round? = nil,
        rowsPerSecond: Double? = nil,
        fleet: Fleet,
        workers: [Worker] = [],
        moves: [Move] = [],
        events: [FleetEventRecord] = []
    ) {
        self.job = job
        self.state = state
        self.written = written
        self.elapsed = elapsed
        self.coordinator = coordinator
        self.progress = progress
        self.round = round
        self.rowsPerSecond = rowsPerSecond?.ifFinite
        self.fleet = fleet
        self.workers = workers
        self.moves = moves
        self.events = events
    }

    package struct Process: Codable, Sendable, Equatable {
        package var host: String
        package var pid: Int

        package init(host: String, pid: Int) {
            self.host = host
            self.pid = pid
        }
    }

    package struct Progress: Codable, Sendable, Equatable {
        /// Such as `iterating`.
        package var phase: String
        package var done: Int
        /// At most.
        package var limit: Int
        package var objective: Double?
        /// Rows whose label changed.
        package var moved: Int?
        /// Which of several restarts this is, from 1, and how many there are.
        package var restart: Int?
        package var restarts: Int?

        package init(phase: String, done: Int, limit: Int, objective: Double?, moved: Int?) {
            self.phase = phase
            self.done = done
            self.limit = limit
            self.objective = objective?.ifFinite
            self.moved = moved
        }
    }

    package struct Round: Codable, Sendable, Equatable {
        /// From 1.
        package var number: Int
        /// Nil for a job in one process.
        package var kind: String?
        package var blocks: Int
        package var merged: Int
        /// Blocks that workers are at work on.
        package var leased: Int
        /// Of all workers, as they answered lately.
        package var blocksPerSecond: Double?
        /// Until the round is merged, at that rate.
        package var remaining: Double?

        package init(number: Int, blocks: Int, merged: Int, leased: Int) {
            self.number = number
            self.blocks = blocks
            self.merged = merged
            self.leased = leased
        }

        private enum CodingKeys: String, CodingKey {
            case number, kind, blocks, merged, leased
            case blocksPerSecond = "blocks_per_second"
            case remaining = "remaining_seconds"
        }
    }

    package struct Fleet: Codable, Sendable, Equatable {
        /// Local worker processes that were asked for.
        package var requested: Int
        /// Workers that belong to the fleet now.
        package var present: Int
        /// The job waits while there are fewer.
        package var least: Int
        /// Every time that one joined.
        package var joined: Int
        package var lost: Int
        /// For how long there have been too few.
        package var waiting: Double?
        /// Silence after which a worker is lost; nil for a job in one process.
        package var suspicion: Double?

        package init(requested: Int, present: Int, least: Int, joined: Int, lost: Int) {
            self.requested = requested
            self.present = present
            self.least = least
            self.joined = joined
            self.lost = lost
        }

        private enum CodingKeys: String, CodingKey {
            case requested, present, least, joined, lost
            case waiting = "waiting_seconds"
            case suspicion = "suspicion_seconds"
        }
    }

    package struct Worker: Codable, Sendable, Equatable {
        package enum State: String, Codable, Sendable {
            case working
            case idle
            /// Not heard for more than half of the time after which it is lost.
            case silent
            /// Its lease lapsed, since it finished nothing for too long.
            case stalled
            /// Goes once its lease is done.
            case draining
            case lost
            /// Went of its own will.
            case left
        }

        /// Drawn when the process started.
        package var id: String
        package var name: String
        package var host: String?
        package var pid: Int
        package var threads: Int
        package var state: State
        /// Since it was heard last; since it was lost, for one that was.
        package var silent: Double
        package var lease: Lease?
        /// Merged, in all rounds.
        package var blocks: Int
        package var blocksPerSecond: Double?
        /// Of the speed in the middle of all workers'.
        package var relativeSpeed: Double?
        package var bytesSent: Int
        package var bytesReceived: Int
        /// What is the matter, for people.
        package var remarks: [String]

        private enum CodingKeys: String, CodingKey {
            case id, name, host, pid, threads, state, lease, blocks, remarks
            case silent = "silent_seconds"
            case blocksPerSecond = "blocks_per_second"
            case relativeSpeed = "relative_speed"
            case bytesSent = "bytes_sent"
            case bytesReceived = "bytes_received"
        }
    }

    /// What a worker is at work on.
    package struct Lease: Codable, Sendable, Equatable {
        package var blocks: Blocks
        package var finished: Int
        package var seconds: Double
    }

    /// Blocks `first` up to and without `end`.
    package struct Blocks: Codable, Sendable, Equatable {
        package var first: Int
        package var end: Int
    }

    package struct Move: Codable, Sendable, Equatable {
        /// `lost`, `left`, `lapsed`, `rejoined`, or `copied`: the first worker still has them too.
        package var reason: String
        package var worker: String
        package var round: Int
        package var blocks: Blocks
        package var to: [Taker]
        /// Since it happened.
        package var ago: Double

        private enum CodingKeys: String, CodingKey {
            case reason, worker, round, blocks, to
            case ago = "seconds_ago"
        }
    }

    package struct Taker: Codable, Sendable, Equatable {
        package var worker: String
        package var blocks: Blocks
    }
}

extension FleetSnapshot {
    /// The text on one line, without a newline.
    /// - Throws: `EncodingError` when a value is not finite.
    package func json() throws -> String {
        try RecordText.line(self)
    }

    /// - Throws: `DecodingError` when the text is not a snapshot.
    package init(json: String) throws {
        self = try RecordText.read(FleetSnapshot.self, from: json)
    }
}
