import Foundation
import Testing

@testable import Dashboard

@Suite struct RecordTests {
    private func object(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    @Test func `run json has the contract's keys`() throws {
        let object = try object(Samples.record().json())
        #expect(
            Set(object.keys) == [
                "job", "status", "started", "settings", "inputs", "rows", "dimensions", "objective", "iterations",
                "history", "metrics", "timings", "fleet", "fingerprint", "versions", "reproducible", "digest",
            ]
        )
        let fleet = try #require(object["fleet"] as? [String: Any])
        #expect(
            Set(fleet.keys) == [
                "workers_requested", "workers_joined", "workers_lost", "messages_sent", "messages_received",
                "bytes_sent", "bytes_received", "peak_resident_bytes", "workers",
            ]
        )
        let worker = try #require((fleet["workers"] as? [[String: Any]])?.last)
        #expect(
            Set(worker.keys) == [
                "name", "pid", "host", "blocks", "busy_seconds", "peak_resident_bytes", "joined_at", "lost_at",
            ]
        )
        let iteration = try #require((object["history"] as? [[String: Any]])?.first)
        #expect(
            Set(iteration.keys) == ["restart", "iteration", "objective", "moved", "seconds", "rows_per_second"]
        )
    }

    @Test func `a run record reads back as it was`() throws {
        let record = Samples.record()
        #expect(try RunRecord(json: record.json()) == record)
    }

    @Test func `metrics are absent without a truth`() throws {
        var record = Samples.record()
        record.metrics = nil
        #expect(try object(record.json())["metrics"] == nil)
    }

    @Test func `costs are in bytes, and absent where a job predicts none`() throws {
        var record = Samples.record()
        #expect(try object(record.json())["costs"] == nil)
        let predicted = RunRecord.Figures(
            receivedBytes: 7,
            sentBytes: nil,
            spilledBytes: 9,
            workerBytes: 3,
            coordinatorBytes: 1
        )
        record.costs = RunRecord.Costs(predicted: predicted, actual: predicted)
        let costs = try #require(try object(record.json())["costs"] as? [String: [String: Int]])
        let figures = ["received_bytes": 7, "spilled_bytes": 9, "worker_bytes": 3, "coordinator_bytes": 1]
        #expect(costs == ["predicted": figures, "actual": figures])
        #expect(try RunRecord(json: record.json()) == record)
    }

    @Test func `equal records are equal files, with sorted keys`() throws {
        let json = try Samples.record().json()
        #expect(try Samples.record().json() == json)
        let places = try ["\"digest\"", "\"dimensions\"", "\"job\"", "\"versions\""].map { key in
            try #require(json.range(of: key)).lowerBound
        }
        #expect(places == places.sorted())
        #expect(json.contains("data/images.npy"))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `what is not finite is left out`(_ value: Double) throws {
        let plain = Samples.record()
        let record = RunRecord(
            job: "kmeans",
            status: .failed,
            started: plain.started,
            settings: ["tolerance": .number(value)],
            inputs: [],
            rows: 0,
            dimensions: 0,
            objective: value,
            iterations: 1,
            history: [
                .init(restart: 0, iteration: 1, objective: value, moved: 0, seconds: value, rowsPerSecond: value)
            ],
            metrics: ["acc": value, "nmi": 1],
            timings: [.init(phase: "seeding", seconds: value)],
            fleet: plain.fleet,
            fingerprint: "",
            versions: plain.versions,
            reproducible: false,
            digest: nil
        )
        let decoded = try RunRecord(json: record.json())
        #expect(decoded.objective == nil)
        #expect(decoded.metrics == ["nmi": 1])
        #expect(decoded.history[0].rowsPerSecond == nil)
        #expect(decoded.timings[0].seconds == 0)
        #expect(decoded.settings == ["tolerance": .null])
    }

    @Test func `clusters json is a plain array, a cluster a line`() throws {
        let record = Samples.clusters(3, nouns: ["cup", "tea"])
        let json = try record.json()
        let array = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect(
            Set(array[1].keys) == ["cluster", "size", "confidence", "nearest", "nearest_similarities", "nouns"]
        )
        #expect(json.split(separator: "\n").count == 5)
        #expect(try ClustersRecord(json: json) == record)
        #expect(try ClustersRecord(json: ClustersRecord(clusters: []).json()).clusters.isEmpty)
    }

    @Test func `a similarity that is not finite takes its list with it`() {
        let cluster = ClustersRecord.Cluster(
            cluster: 0,
            size: 0,
            confidence: .nan,
            nearest: [1],
            nearestSimilarities: [.nan],
            nearestDistances: [2]
        )
        #expect(cluster.confidence == nil)
        #expect(cluster.nearestSimilarities == nil)
        #expect(cluster.nearestDistances == [2])
    }

    @Test func `events are one line each and read back`() throws {
        let lines = try Samples.events.map { try $0.line() }
        #expect(lines.allSatisfy { !$0.contains("\n") })
        #expect(lines[3] == #"{"event":"lost","time":5,"worker":"worker-1"}"#)
        let text = lines.map { $0 + "\n" }.joined()
        #expect(try FleetEventRecord.events(fromLines: text) == Samples.events)
    }

    @Test func `a torn last line is passed over, a broken one before it is not`() throws {
        let whole = try Samples.events[0].line() + "\n"
        #expect(try FleetEventRecord.events(fromLines: whole + #"{"event":"lo"#) == [Samples.events[0]])
        #expect(try FleetEventRecord.events(fromLines: whole + Samples.events[3].line()).count == 2)
        #expect(throws: DecodingError.self) { try FleetEventRecord.events(fromLines: "{\"event\":\n" + whole) }
    }

    @Test func `settings keep every kind of value`() throws {
        let value = JSONValue.object([
            "a": .array([.integer(1), .number(2.5), .boolean(true), .null]), "b": .string("x"), "c": .object([:]),
        ])
        #expect(try RecordText.read(JSONValue.self, from: RecordText.line(value)) == value)
        #expect(value.text == "a: 1, 2.5, yes, –, b: x, c: ")
    }
}
