import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct SampledKMeansTests {
    private func settings(
        _ rows: Int,
        metric: Metric = .cosine,
        initialisation: KMeans.Initialisation = .plusPlus
    ) -> SampledKMeans.Settings {
        let isGiven = initialisation == .given
        return .init(
            clusters: .init(
                clusters: 5,
                metric: metric,
                initialisation: initialisation,
                restarts: isGiven ? 1 : 2,
                seed: 3
            ),
            sampleRows: rows
        )
    }

    private let initial = SampleData.blobs(rows: 5, columns: 6, centres: 5, seed: 9)

    @Test(arguments: Metric.allCases, [KMeans.Initialisation.plusPlus, .given])
    func `Centroids are those of k-means on the sample alone, and label all rows`(
        metric: Metric,
        initialisation: KMeans.Initialisation
    ) throws {
        let data = try SampleData(SampleData.blobs(rows: 300, columns: 6, centres: 5, spread: 1))
        let settings = settings(70, metric: metric, initialisation: initialisation)
        var program = try SampledKMeans(settings: settings, dataset: data.dataset(blockRows: 32))
        program.initialCentroids = initial
        let sink = CollectedRows()
        let model = try LocalRunner(program, sink: sink).run().model
        let rows = program.sampleRows
        #expect(Set(rows).count == 70 && rows == rows.sorted())
        // The rows of the sample in a file of their own.
        let drawn = try SampleData(
            Matrix(rows: 70, columns: 6, values: try data.dataset().gather(rows))
        )
        let alone = try KMeansRun(settings.clusters, on: drawn.dataset(blockRows: 32), from: initial)
        #expect(model.sample?.outcome?.objective == alone.outcome.objective)
        let found = try #require(model.all?.outcome)
        #expect(found.centroids == alone.outcome.centroids)
        #expect(found.sizes.reduce(0, +) == 300 && sink.labels.count == 300)
        #expect(rows.map { sink.labels[$0] } == alone.labels)
        #expect((0..<5).map { cluster in sink.labels.count { $0 == cluster } } == found.sizes)
        #expect(found.objective != alone.outcome.objective)
    }

    @Test func `A fleet of any size ends with the bits of one process, and so does one that goes on from bytes`() throws
    {
        let data = try SampleData(SampleData.blobs(rows: 230, columns: 6, centres: 5, spread: 1))
        let dataset = try data.dataset(blockRows: 16)
        let program = try SampledKMeans(settings: settings(90), dataset: dataset)
        let whole = CollectedRows()
        let expected = try LocalRunner(program, sink: whole).run().model
        for workers in [1, 2, 3, 5] {
            let sink = CollectedRows()
            let model = try SimulatedFleet(program, workers: workers, seed: UInt64(workers)).run(sink: sink)
            #expect(model.all?.outcome == expected.all?.outcome)
            #expect(sink.labels == whole.labels)
        }
        let sink = CollectedRows()
        var mark: RoundMark<SampledKMeans.Model>?
        var isFinished = false
        while !isFinished {
            let next = try SampledKMeans(settings: settings(90), dataset: dataset)
            let run = try LocalRunner(next, sink: sink).run(from: mark) { next.round(after: $0.model) == nil }
            isFinished = run.finished
            let model = try next.decode(next.encode(run.model))
            mark = RoundMark(number: (mark?.number ?? 0) + 1, model: model)
        }
        #expect(mark?.model.all?.outcome == expected.all?.outcome)
        #expect(mark?.model.sample?.history == expected.sample?.history)
        #expect(sink.labels == whole.labels)
    }

    @Test func `Another seed draws other rows`() throws {
        let data = try SampleData(SampleData.blobs(rows: 300, columns: 6, centres: 5))
        var other = settings(70)
        other.clusters.seed = 4
        let rows = try [settings(70), other].map { try SampledKMeans(settings: $0, dataset: data.dataset()).sampleRows }
        #expect(rows[0] != rows[1])
    }

    @Test func `A row that cannot be used is refused though it is not in the sample`() throws {
        var matrix = SampleData.blobs(rows: 300, columns: 6, centres: 5)
        let drawn = try SampledKMeans(settings: settings(70), dataset: try SampleData(matrix).dataset()).sampleRows
        let outside = try #require((0..<300).first { !drawn.contains($0) })
        matrix[outside, 2] = .nan
        let data = try SampleData(matrix)
        let error = #expect(throws: ClusteringError.self) {
            try LocalRunner(try SampledKMeans(settings: settings(70), dataset: data.dataset())).run()
        }
        #expect(error?.code == .badData && error?.message.contains("row \(outside)") == true)
    }

    @Test func `A sample of all rows, or of fewer than clusters, is refused`() throws {
        let data = try SampleData(SampleData.blobs(rows: 20, columns: 6, centres: 5))
        for (rows, code) in [(20, ClusteringError.Code.usage), (21, .usage), (4, .badData)] {
            let error = #expect(throws: ClusteringError.self) {
                try SampledKMeans(settings: settings(rows), dataset: data.dataset())
            }
            #expect(error?.code == code)
        }
    }
}
