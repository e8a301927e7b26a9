@testable import Dashboard

/// Records that tests start from.
enum Samples {
    static func record(restarts: Int = 2, iterations: Int = 5, workers: Int = 2) -> RunRecord {
        RunRecord(
            job: "kmeans",
            status: .done,
            started: "2026-11-21T01:35:21Z",
            settings: ["k": .integer(12), "metric": .string("cosine"), "tolerance": .number(0.5), "sample": .null],
            inputs: [.init(path: "data/images.npy", rows: 101_000, sha256: "60303ae2")],
            rows: 101_000,
            dimensions: 512,
            objective: 0.75,
            iterations: iterations,
            history: history(restarts: restarts, iterations: iterations),
            metrics: ["acc": 0.7543, "nmi": 0.8],
            timings: [.init(phase: "seeding", seconds: 2.5), .init(phase: "iterations", seconds: 7.5)],
            fleet: fleet(workers),
            fingerprint: "skylakex kernels-1",
            versions: .init(coterie: "0.1", swift: "6.3.1", openblas: "0.3.21", zeromq: "4.3.4"),
            reproducible: true,
            digest: "e3b0c442"
        )
    }

    private static func history(restarts: Int, iterations: Int) -> [RunRecord.Iteration] {
        (0..<restarts).flatMap { restart in
            (0..<iterations).map { index in
                RunRecord.Iteration(
                    restart: restart,
                    iteration: index + 1,
                    objective: restart == 1 ? 0.75 : 0.5,
                    moved: 1000 / (index + 1),
                    seconds: 0.5,
                    rowsPerSecond: 202_000
                )
            }
        }
    }

    private static func fleet(_ workers: Int) -> RunRecord.Fleet {
        RunRecord.Fleet(
            workersRequested: workers,
            workersJoined: workers,
            workersLost: 0,
            messagesSent: 10,
            messagesReceived: 11,
            bytesSent: 1 << 20,
            bytesReceived: 3 << 20,
            peakResidentBytes: 1 << 28,
            workers: (0..<workers).map { number in
                RunRecord.Worker(
                    name: "worker-\(number)",
                    pid: 100 + number,
                    host: "node",
                    blocks: 25,
                    busySeconds: 8,
                    peakResidentBytes: 1 << 29,
                    joinedAt: 0.25,
                    lostAt: number == 1 ? 5 : nil
                )
            }
        )
    }

    static func clusters(_ count: Int, nouns: [String]? = nil) -> ClustersRecord {
        ClustersRecord(
            clusters: (0..<count).map { number in
                .init(
                    cluster: number,
                    size: number * 37 % 1009,
                    confidence: 0.5,
                    nearest: [number, number + 1],
                    nearestSimilarities: [0.75, 0.5],
                    nouns: nouns
                )
            }
        )
    }

    static let events = [
        FleetEventRecord(time: 0.25, event: .joined, worker: "worker-0"),
        FleetEventRecord(time: 2, event: .roundAdvanced, round: 1),
        FleetEventRecord(time: 4, event: .leaseLapsed, worker: "worker-1", round: 2, blocks: 3, detail: "silent"),
        FleetEventRecord(time: 5, event: .lost, worker: "worker-1"),
        FleetEventRecord(time: 6, event: .init(rawValue: "of_a_later_version"), worker: "unheard-of"),
    ]
}
