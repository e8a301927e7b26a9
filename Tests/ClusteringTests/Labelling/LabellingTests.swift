import Foundation
import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct LabellingTests {
    private let matrix = SampleData.blobs(rows: 300, columns: 5, centres: 4)

    private func program(_ settings: Labelling.Settings, _ dataset: Dataset, _ centroids: Matrix?) throws -> Labelling {
        var program = try Labelling(settings: settings, dataset: dataset)
        program.centroids = centroids
        return program
    }

    @Test(arguments: Metric.allCases)
    func `Rows that were clustered get the labels they had`(metric: Metric) throws {
        let data = try SampleData(matrix)
        let run = try KMeansRun(.init(clusters: 4, metric: metric), on: data.dataset())
        let sink = CollectedRows()
        let labelling = try program(.init(metric: metric), data.dataset(), run.outcome.centroids)
        let model = try LocalRunner(labelling, sink: sink).run().model
        #expect(sink.labels == run.labels)
        #expect(model.sizes == run.outcome.sizes)
        #expect(sink.fields["probabilities"] == nil)
    }

    @Test(arguments: Metric.allCases)
    func `Probabilities are the softmax of the scores`(metric: Metric) throws {
        let data = try SampleData(matrix)
        let centroids = SampleData.blobs(rows: 6, columns: 5, centres: 6, seed: 4)
        let sink = CollectedRows()
        let labelling = try program(.init(metric: metric, temperature: 0.3), data.dataset(), centroids)
        _ = try LocalRunner(labelling, sink: sink).run()
        let pieces = try #require(sink.fields["probabilities"]).pieces
        let probabilities = pieces.flatMap { piece -> [Float] in
            if case .float32(let values) = piece.values { values } else { [] }
        }
        #expect(probabilities.count == 300 * 6)
        let rows = PlainKMeans.rows(matrix, metric)
        let centres = PlainKMeans.rows(centroids, metric)
        for row in rows.indices {
            let weights = centres.map { centre -> Double in
                let pairs = zip(rows[row], centre)
                let score =
                    metric == .cosine
                    ? pairs.reduce(0) { $0 + $1.0 * $1.1 }
                    : pairs.reduce(0) { $0 - 0.5 * ($1.0 - $1.1) * ($1.0 - $1.1) }
                return exp(score / 0.3)
            }
            let total = weights.reduce(0, +)
            let mine = probabilities[row * 6..<(row + 1) * 6]
            for (one, weight) in zip(mine, weights) { #expect(abs(Double(one) - weight / total) < 1e-6) }
            #expect(mine.max() == mine[mine.startIndex + sink.labels[row]])
        }
    }

    @Test(arguments: Metric.allCases)
    func `A fleet labels as one process does`(metric: Metric) throws {
        let data = try SampleData(matrix)
        let labelling = try program(
            .init(metric: metric, temperature: 0.05),
            data.dataset(blockRows: 17),
            SampleData.blobs(rows: 6, columns: 5, centres: 6, seed: 4)
        )
        let expected = CollectedRows()
        let sizes = try LocalRunner(labelling, sink: expected).run().model.sizes
        for workers in [1, 3] {
            let sink = CollectedRows()
            let model = try SimulatedFleet(labelling, workers: workers, seed: 2).run(sink: sink)
            #expect(sink.fields == expected.fields)
            #expect(model.sizes == sizes)
        }
    }

    @Test func `What cannot be used is refused`() throws {
        let data = try SampleData(matrix)
        func refuse(_ word: String, _ centroids: Matrix?, temperature: Double? = nil) throws {
            let error = #expect(throws: ClusteringError.self) {
                let settings = Labelling.Settings(metric: .cosine, temperature: temperature)
                _ = try LocalRunner(program(settings, data.dataset(), centroids)).run()
            }
            #expect(error?.message.contains(word) == true)
        }
        try refuse("missing", nil)
        try refuse("4 columns", Matrix(rows: 2, columns: 4, repeating: 1))
        try refuse("direction: centroids row 0", Matrix(rows: 2, columns: 5))
        try refuse("finite: centroids row 0", Matrix(rows: 2, columns: 5, repeating: .nan))
        try refuse("temperature", Matrix(rows: 2, columns: 5, repeating: 1), temperature: 0)
    }
}
