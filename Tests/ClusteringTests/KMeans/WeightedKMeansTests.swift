import Foundation
import Shards
import Tensors
import Testing

@testable import Clustering

/// A row of weight n is n equal rows, to the last bit.
@Suite struct WeightedKMeansTests {
    private static let columns = 5
    /// From 0 to 4, and one that is great.
    private let weights: [Double]
    private let values: [Double]
    private let initial: Matrix

    init() {
        var draws = CounterRandom(seed: 41, purpose: .init(code: 0xFFFF_0002)).draws(forRow: 0)
        weights = (0..<150).map { $0 == 70 ? 37 : Double(draws.integer(below: 5)) }
        // Of many scales, so that sums have several levels.
        values = (0..<150).flatMap { row in
            (0..<Self.columns).map { column in
                let centre = Double((row % 4) * (column + 1) % 5) - 2
                let scale: Double = column == 3 ? 1e-9 : row == 20 ? 1e5 : 1
                return (centre + draws.uniform()) * scale
            }
        }
        initial = SampleData.blobs(rows: 4, columns: Self.columns, centres: 4, seed: 2)
    }

    /// The description of weights that live as long as the rows.
    private func store(
        _ weights: [Double],
        beside data: SampleData,
        _ dataset: Dataset
    ) throws -> RowWeights.Description {
        let folder = URL(fileURLWithPath: data.path).deletingLastPathComponent()
        let path = folder.appendingPathComponent("weights.npy").path
        return try RowWeights.store(weights, from: "weights", of: dataset, clusters: 1, at: path)
    }

    private func expectAsRepeated(_ metric: Metric, _ type: ElementType, from initial: Matrix) throws {
        let data = try SampleData(values, columns: Self.columns, type: type)
        let dataset = try data.dataset(blockRows: 32)
        let repeated = try SampleData(
            weights.indices.flatMap { row in
                (0..<Int(weights[row])).flatMap { _ in
                    values[row * Self.columns..<(row + 1) * Self.columns]
                }
            },
            columns: Self.columns,
            type: type
        )
        var settings = KMeans.Settings(clusters: initial.rows, metric: metric, initialisation: .given)
        let expected = try KMeansRun(settings, on: repeated.dataset(blockRows: 50), from: initial)
        settings.weights = try store(weights, beside: data, dataset)
        let run = try KMeansRun(settings, on: dataset, from: initial)
        #expect(run.outcome.centroids == expected.outcome.centroids)
        #expect(run.outcome.objective == expected.outcome.objective)
        #expect(run.outcome.confidence == expected.outcome.confidence)
        #expect(run.outcome.weights == expected.outcome.sizes.map(Double.init))
        #expect(run.model.history.map(\.objective) == expected.model.history.map(\.objective))
        let labels = zip(run.labels, weights).flatMap { [Int](repeating: $0, count: Int($1)) }
        #expect(labels == expected.labels)
        for (cluster, size) in run.outcome.sizes.enumerated() { #expect(run.labels.count { $0 == cluster } == size) }
    }

    @Test(arguments: Metric.allCases, [ElementType.float32, .float64])
    func `Whole weights give what repeated rows give`(metric: Metric, type: ElementType) throws {
        try expectAsRepeated(metric, type, from: initial)
    }

    @Test(arguments: Metric.allCases)
    func `They do so where clusters are left without rows`(metric: Metric) throws {
        let far = [Float](repeating: -9e6, count: 3 * Self.columns)
        let initial = Matrix(rows: 5, columns: Self.columns, values: initial.values[..<(2 * Self.columns)] + far)
        try expectAsRepeated(metric, .float32, from: initial)
    }

    @Test(arguments: Metric.allCases, KMeans.Initialisation.allCases)
    func `A fleet of any size ends with the bits of one process`(
        metric: Metric,
        initialisation: KMeans.Initialisation
    ) throws {
        let data = try SampleData(values, columns: Self.columns)
        let dataset = try data.dataset(blockRows: 16)
        var settings = KMeans.Settings(clusters: 4, metric: metric, initialisation: initialisation, seed: 5)
        settings.weights = try store(weights.map { $0 * 0.3 }, beside: data, dataset)
        let expected = try KMeansRun(settings, on: dataset, from: initial)
        for workers in [1, 2, 3, 5] {
            var program = try KMeans(settings: settings, dataset: dataset)
            program.initialCentroids = initial
            let sink = CollectedRows()
            let model = try SimulatedFleet(program, workers: workers, seed: UInt64(workers)).run(sink: sink)
            #expect(model.outcome == expected.outcome)
            #expect(model.history == expected.model.history)
            #expect(sink.labels == expected.labels)
        }
    }

    @Test(arguments: KMeans.Initialisation.allCases)
    func `Rows without weight have no part in anything but their labels`(initialisation: KMeans.Initialisation) throws {
        let matrix = SampleData.blobs(rows: 200, columns: 4, centres: 4)
        var values = matrix.values.map(Double.init)
        // Every fifth row is far from all others, and from one another.
        for row in stride(from: 0, to: 200, by: 5) { values[row * 4] = 1000 + Double(row) }
        let data = try SampleData(values, columns: 4)
        let dataset = try data.dataset()
        var settings = KMeans.Settings(clusters: 4, metric: .euclidean, initialisation: initialisation, seed: 1)
        settings.weights = try store((0..<200).map { $0 % 5 == 0 ? 0 : 1.5 }, beside: data, dataset)
        let initial = Matrix(rows: 4, columns: 4, values: (1...4).flatMap { matrix.row($0) })
        let run = try KMeansRun(settings, on: dataset, from: initial)
        #expect(run.outcome.centroids.values.allSatisfy { abs($0) < 3 })
        #expect(run.outcome.weights?.reduce(0, +) == 240)
        #expect(run.outcome.nearest.joined().allSatisfy { $0.index % 5 != 0 })
        #expect(run.labels.count == 200)
    }

    @Test func `Weights decide where a centroid is`() throws {
        let data = try SampleData([0, 1, 2, 100], columns: 1)
        let dataset = try data.dataset()
        var settings = KMeans.Settings(clusters: 2, metric: .euclidean, initialisation: .given)
        settings.weights = try store([0.1, 0.7, 1e-3, 2.5], beside: data, dataset)
        let run = try KMeansRun(settings, on: dataset, from: Matrix(rows: 2, columns: 1, values: [0, 90]))
        let mean = (0.7 + 2e-3) / (0.1 + 0.7 + 1e-3)
        #expect(run.outcome.centroids.values == [Float(mean), 100])
        let centre = Double(Float(mean))
        let objective = 0.1 * centre * centre + 0.7 * (1 - centre) * (1 - centre) + 1e-3 * (2 - centre) * (2 - centre)
        #expect(abs(run.outcome.objective - objective) <= 1e-15 * objective)
    }

    @Test func `Other weights than those described are refused`() throws {
        let data = try SampleData(values, columns: Self.columns)
        let dataset = try data.dataset()
        var settings = KMeans.Settings(clusters: 4)
        let description = try store(weights, beside: data, dataset)
        try NumpyWriter.write(weights.map { $0 + 1 }, rows: 150, columns: 1, to: description.file.path)
        settings.weights = description
        #expect { try KMeans(settings: settings, dataset: dataset) } throws: { error in
            (error as? ClusteringError)?.code == .badData
        }
        #expect(throws: ClusteringError.self) { try store([1, 2], beside: data, dataset) }
    }
}
