import Foundation
import Testing

@testable import Clustering

@Suite struct ClusteringMetricsTests {
    /// One labelling and what scikit-learn says of it, from Scripts/make_metric_fixtures.py.
    struct Fixture: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let labels: [Int64]
        let truth: [Int64]
        let metrics: [String: Double]
        var testDescription: String { name }

        static func all() throws -> [Fixture] {
            let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/metrics.json")
            return try JSONDecoder().decode([Fixture].self, from: Data(contentsOf: file))
        }
    }

    private static let contractKeys: Set<String> = [
        "acc", "nmi", "nmi_geometric", "ari", "ami", "purity", "precision", "recall", "f1", "bcubed_precision",
        "bcubed_recall", "matched_precision", "matched_recall", "matched_f1",
    ]

    private func encoded(_ metrics: ClusteringMetrics) throws -> [String: Double] {
        try JSONDecoder().decode([String: Double].self, from: JSONEncoder().encode(metrics))
    }

    @Test(arguments: try Fixture.all())
    func `every metric is scikit-learn's`(_ fixture: Fixture) throws {
        let metrics = ClusteringMetrics(try ContingencyTable(labels: fixture.labels, truth: fixture.truth))
        let values = try encoded(metrics)
        for (key, expected) in fixture.metrics.sorted(by: { $0.key < $1.key }) {
            let value = try #require(values[key])
            #expect(abs(value - expected) <= 1e-9, "\(key): \(value), scikit-learn \(expected)")
        }
    }

    @Test func `the encoded keys are the contract's, and decode again`() throws {
        let metrics = ClusteringMetrics(try ContingencyTable(labels: [0, 0, 1, 2] as [Int64], truth: [0, 1, 1, 1]))
        #expect(Set(try encoded(metrics).keys) == Self.contractKeys)
        #expect(try JSONDecoder().decode(ClusteringMetrics.self, from: JSONEncoder().encode(metrics)) == metrics)
    }

    @Test func `the names of clusters and classes do not matter`() throws {
        let labels: [Int64] = [0, 0, 1, 1, 2, 2, 2, 0]
        let truth: [Int64] = [0, 0, 1, 1, 2, 2, 1, 1]
        let plain = ClusteringMetrics(try ContingencyTable(labels: labels, truth: truth))
        let renamed = ClusteringMetrics(try ContingencyTable(labels: labels.map { 10 * $0 - 7 }, truth: truth))
        #expect(plain == renamed)
    }

    @Test func `purity is the precision of the majority reading and bounds the accuracy`() throws {
        for fixture in try Fixture.all() {
            let metrics = ClusteringMetrics(try ContingencyTable(labels: fixture.labels, truth: fixture.truth))
            #expect(metrics.precision == metrics.purity)
            #expect(metrics.accuracy <= metrics.purity)
            #expect(metrics.matchedRecall == metrics.accuracy)
        }
    }

    @Test(.enabled(if: ReferenceVectors.file != nil, "no test_vectors.json: set COTERIE_REFERENCE to its folder"))
    func `the reference vectors agree`() throws {
        let reference = try ReferenceVectors.metrics()
        let metrics = ClusteringMetrics(try ContingencyTable(labels: reference.clusters, truth: reference.labels))
        #expect(abs(metrics.accuracy - reference.accuracy) < 1e-9)
        #expect(abs(metrics.normalizedMutualInformation - reference.arithmetic) < 1e-9)
        #expect(abs(metrics.geometricNormalizedMutualInformation - reference.geometric) < 1e-9)
        #expect(abs(metrics.adjustedRandIndex - reference.randIndex) < 1e-9)
        #expect(abs(metrics.precision - reference.weightedP) < 1e-9)
        #expect(abs(metrics.recall - reference.weightedR) < 1e-9)
        #expect(abs(metrics.f1 - reference.weightedF) < 1e-9)
        #expect(abs(metrics.bcubedPrecision - reference.bcubedP) < 1e-9)
        #expect(abs(metrics.bcubedRecall - reference.bcubedR) < 1e-9)
    }
}

/// The published reference values, where they are at hand.
enum ReferenceVectors {
    struct Metrics: Decodable {
        let labels: [Int64]
        let clusters: [Int64]
        let accuracy: Double
        let arithmetic: Double
        let geometric: Double
        let randIndex: Double
        let weightedP: Double
        let weightedR: Double
        let weightedF: Double
        let bcubedP: Double
        let bcubedR: Double

        private enum CodingKeys: String, CodingKey {
            case labels, clusters, weightedP, weightedR, weightedF, bcubedP, bcubedR
            case accuracy = "ACC"
            case arithmetic = "NMIarith"
            case geometric = "NMIgeom"
            case randIndex = "ARI"
        }
    }

    private struct Vectors: Decodable {
        let metrics: Metrics
    }

    /// `COTERIE_REFERENCE`, or the folder beside the checkout.
    static var file: URL? {
        var checkout = URL(filePath: #filePath)
        for _ in 0..<4 { checkout.deleteLastPathComponent() }
        let folder =
            ProcessInfo.processInfo.environment["COTERIE_REFERENCE"].map { URL(filePath: $0) }
            ?? checkout.appending(path: "../shared/reference")
        let file = folder.appending(path: "test_vectors.json")
        return FileManager.default.isReadableFile(atPath: file.path(percentEncoded: false)) ? file : nil
    }

    static func metrics() throws -> Metrics {
        try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: try #require(file))).metrics
    }
}
