import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct KMeansTests {
    @Test(arguments: Metric.allCases, KMeans.Initialisation.allCases)
    func `Every way of beginning ends in a result`(metric: Metric, initialisation: KMeans.Initialisation) throws {
        let data = try SampleData(SampleData.blobs(rows: 300, columns: 8, centres: 5))
        let run = try KMeansRun(
            .init(clusters: 5, metric: metric, initialisation: initialisation),
            on: data.dataset(),
            from: SampleData.blobs(rows: 5, columns: 8, centres: 5)
        )
        #expect(run.outcome.isConverged)
        #expect(run.outcome.sizes.reduce(0, +) == 300)
        #expect(run.labels.count == 300)
    }
}
