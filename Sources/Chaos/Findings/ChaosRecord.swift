package import Dashboard
import Foundation

/// What came of a suite: `chaos.json`.
package struct ChaosRecord: Codable, Sendable, Equatable {
    package struct Check: Codable, Sendable, Equatable {
        package var name: String
        package var passed: Bool
        package var detail: String

        package init(_ name: String, _ passed: Bool, _ detail: String) {
            self.name = name
            self.passed = passed
            self.detail = detail
        }
    }

    /// One run of the job.
    package struct Run: Codable, Sendable, Equatable {
        /// Its folder.
        package var folder: String
        package var digest: String?
        /// From the start of the first process to the end of the coordinator.
        package var seconds: Double
        /// How often a coordinator was started.
        package var coordinators = 1
        package var workersStarted = 0
        /// Messages that came by the proxy; nil without one.
        package var messages: Int?

        package init(folder: String, digest: String?, seconds: Double) {
            self.folder = folder
            self.digest = digest
            self.seconds = seconds
        }
    }

    /// Times until blocks that were taken from a worker had been leased again, in seconds.
    package struct Releases: Codable, Sendable, Equatable {
        package var sinceLoss: Spread
        /// Of workers that faults were done to, since that was done.
        package var sinceFault: Spread

        package init(sinceLoss: [Double], sinceFault: [Double]) {
            self.sinceLoss = Spread(sinceLoss)
            self.sinceFault = Spread(sinceFault)
        }
    }

    package struct Spread: Codable, Sendable, Equatable {
        package var count: Int
        package var median: Double?
        package var percentile99: Double?
        package var greatest: Double?

        package init(_ values: [Double]) {
            let sorted = values.sorted()
            count = sorted.count
            // The least value that so many are not above.
            let ranked = { (share: Double) in
                sorted.isEmpty ? nil : sorted[max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
            }
            median = ranked(0.5)
            percentile99 = ranked(0.99)
            greatest = sorted.last
        }
    }

    package struct Throughput: Codable, Sendable, Equatable {
        /// The fault-free run's time as a share of the other's.
        package var kept: Double
        /// Seconds of one core that faults left to nobody or took from the fleet.
        package var lostCoreSeconds: Double
        package var cores: Int
        /// As `kept`, with the time that the lost processor time comes to taken off.
        package var keptOfWhatWasLeft: Double

        package init(faultFree: Double, faulted: Double, lostCoreSeconds: Double, cores: Int) {
            self.lostCoreSeconds = lostCoreSeconds
            self.cores = cores
            kept = faulted > 0 ? faultFree / faulted : 0
            let left = faulted - lostCoreSeconds / Double(cores)
            keptOfWhatWasLeft = left > 0 ? faultFree / left : 0
        }
    }

    /// What the timeline shows of one process's place in the fleet.
    package struct Lane: Codable, Sendable, Equatable {
        package struct Life: Codable, Sendable, Equatable {
            package var process: Int32
            package var began: Double
            package var ended: Double?
            package var ending: String?
        }

        package var name: String
        package var lives: [Life] = []
    }

    package var plan: String
    package var seed: UInt64
    /// The command line of the job.
    package var job: [String]
    package var workers: Int
    package var started: String
    package var faultFree: Run
    package var faulted: Run
    package var throughput: Throughput
    package var releases: Releases
    package var faults: [FaultReport]
    package var checks: [Check]
    package var lanes: [Lane]
    /// Seconds since the fleet was started at which rounds were finished.
    package var rounds: [Double]
    /// What the coordinator said of the fleet, at times since the fleet was started.
    package var events: [FleetEventRecord]

    init(
        plan: String,
        seed: UInt64,
        job: [String],
        workers: Int,
        started: String,
        faultFree: Run,
        faulted: Run,
        throughput: Throughput,
        releases: Releases,
        faults: [FaultReport],
        checks: [Check],
        lanes: [Lane],
        rounds: [Double],
        events: [FleetEventRecord]
    ) {
        self.plan = plan
        self.seed = seed
        self.job = job
        self.workers = workers
        self.started = started
        self.faultFree = faultFree
        self.faulted = faulted
        self.throughput = throughput
        self.releases = releases
        self.faults = faults
        self.checks = checks
        self.lanes = lanes
        self.rounds = rounds
        self.events = events
    }

    /// Whether nothing objects.
    package var passed: Bool { checks.allSatisfy(\.passed) }

    /// Reads a `chaos.json`.
    /// - Throws: `DecodingError`.
    package init(json: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Self.self, from: Data(json.utf8))
    }

    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}
