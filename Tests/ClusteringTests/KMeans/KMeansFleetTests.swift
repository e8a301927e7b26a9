import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct KMeansFleetTests {
    @Test(arguments: Metric.allCases, KMeans.Initialisation.allCases)
    func `A fleet of any size ends with the bits of one process`(
        metric: Metric,
        initialisation: KMeans.Initialisation
    ) throws {
        let data = try SampleData(SampleData.blobs(rows: 230, columns: 5, centres: 4, spread: 1))
        let dataset = try data.dataset(blockRows: 16)
        let initial = SampleData.blobs(rows: 6, columns: 5, centres: 6, seed: 9)
        let settings = KMeans.Settings(
            clusters: 6,
            metric: metric,
            initialisation: initialisation,
            restarts: initialisation == .given ? 1 : 2,
            seed: 3
        )
        let expected = try KMeansRun(settings, on: dataset, from: initial)
        for workers in [1, 2, 3, 5, 7] {
            var program = try KMeans(settings: settings, dataset: dataset)
            program.initialCentroids = initial
            let sink = CollectedRows()
            let model = try SimulatedFleet(program, workers: workers, seed: UInt64(workers)).run(sink: sink)
            #expect(model.outcome == expected.outcome)
            #expect(model.history == expected.model.history)
            #expect(sink.labels == expected.labels)
        }
    }

    @Test(arguments: Metric.allCases)
    func `A fleet relocates empty clusters as one process does`(metric: Metric) throws {
        let data = try SampleData(SampleData.blobs(rows: 150, columns: 4, centres: 3, spread: 1))
        let dataset = try data.dataset(blockRows: 11)
        // All but one far away from every row.
        let initial = Matrix(rows: 5, columns: 4, values: [0.1, 0.1, 0.1, 0.1] + [Float](repeating: -90, count: 16))
        let settings = KMeans.Settings(clusters: 5, metric: metric, initialisation: .given)
        let expected = try KMeansRun(settings, on: dataset, from: initial)
        #expect(expected.outcome.sizes.allSatisfy { $0 > 0 })
        var program = try KMeans(settings: settings, dataset: dataset)
        program.initialCentroids = initial
        let sink = CollectedRows()
        let model = try SimulatedFleet(program, workers: 3, seed: 5).run(sink: sink)
        #expect(model.outcome == expected.outcome)
        #expect(sink.labels == expected.labels)
    }
}
