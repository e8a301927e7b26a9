import Shards
import Tensors

@testable import Clustering

/// What k-means makes of a dataset under `LocalRunner`.
struct KMeansRun {
    let model: KMeans.Model
    let outcome: KMeans.Outcome
    let labels: [Int]

    struct Unfinished: Error {}

    init(_ settings: KMeans.Settings, on dataset: Dataset, from centroids: Matrix? = nil, threads: Int = 1) throws {
        var program = try KMeans(settings: settings, dataset: dataset)
        program.initialCentroids = centroids
        let sink = CollectedRows()
        let (model, finished) = try LocalRunner(program, sink: sink, threads: threads).run()
        guard finished, let outcome = model.outcome else { throw Unfinished() }
        self.model = model
        self.outcome = outcome
        labels = sink.labels
    }
}
