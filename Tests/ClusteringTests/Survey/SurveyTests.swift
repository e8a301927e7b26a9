import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct SurveyTests {
    private func survey(_ dataset: Dataset) throws -> SurveyResult {
        let program = SurveyProgram(settings: .init(), dataset: dataset)
        return try #require(try LocalRunner(program).run().model)
    }

    @Test(arguments: [1, 3, 64])
    func `It measures every row`(blockRows: Int) throws {
        let data = try SampleData([3, 4, 0, 0, -6, 8, 0, 1], columns: 2)
        let result = try survey(data.dataset(blockRows: blockRows))
        #expect(result.rows == 4)
        #expect(result.largest == 8)
        #expect(result.leastNorm == 0 && result.greatestNorm == 10)
        #expect(result.meanNorm == 4)
        #expect(result.zero == .init(count: 1, first: [1]))
        #expect(result.nonFinite == .init(count: 0, first: []))
    }

    @Test func `The mean of norms is near to what Double gives`() throws {
        let matrix = SampleData.blobs(rows: 500, columns: 7, centres: 5, spread: 3)
        let norms = matrix.squaredNorms.map { $0.squareRoot() }
        let result = try survey(SampleData(matrix).dataset())
        let mean = norms.reduce(0, +) / 500
        #expect(abs(result.meanNorm - mean) <= 1e-9 * mean)
        #expect(result.leastNorm == norms.min() && result.greatestNorm == norms.max())
    }

    @Test func `A fleet finds what one process finds`() throws {
        var matrix = SampleData.blobs(rows: 200, columns: 3, centres: 5)
        for row in stride(from: 5, to: 200, by: 6) { matrix[row, 1] = .infinity }
        let data = try SampleData(matrix)
        let dataset = try data.dataset(blockRows: 9)
        let program = SurveyProgram(settings: .init(), dataset: dataset)
        let expected = try survey(dataset)
        #expect(expected.nonFinite.count == 33)
        #expect(expected.nonFinite.first == (0..<20).map { 5 + 6 * $0 })
        for workers in [1, 3, 7] {
            #expect(try SimulatedFleet(program, workers: workers, seed: 1).run(sink: CollectedRows()) == expected)
        }
    }

    @Test(arguments: Metric.allCases, [Double.nan, .infinity, 1e300])
    func `A value that is not finite in float32 stops the job`(metric: Metric, value: Double) throws {
        let data = try SampleData([1, 2, 3, 4, value, 6, 7, value], columns: 2, type: .float64)
        let error = #expect(throws: ClusteringError.self) {
            try KMeansRun(.init(clusters: 2, metric: metric), on: data.dataset(blockRows: 1))
        }
        #expect(error?.code == .badData)
        #expect(
            error?.message == "value is not finite: \(data.path) row 2 and 1 more; remove or repair the row"
        )
    }

    @Test(arguments: [(Metric.euclidean, 1e31), (.euclidean, 1e-31), (.cosine, 3e38)])
    func `Values that float32 cannot compute with stop the job`(metric: Metric, value: Double) throws {
        let data = try SampleData([value / 3, value / 2, value, value / 4], columns: 2)
        let error = #expect(throws: ClusteringError.self) {
            try KMeansRun(.init(clusters: 2, metric: metric), on: data.dataset())
        }
        #expect(error?.code == .badData)
        #expect(error?.message.hasPrefix(value < 1 ? "values too small" : "values too large") == true)
        #expect(error?.message.contains("\(data.path) row 1; scale") == true)
    }

    @Test func `A row of zeros stops a job under cosine only`() throws {
        let data = try SampleData([1, 2, 3, 4, 0, 0, 7, 5], columns: 2)
        let error = #expect(throws: ClusteringError.self) {
            try KMeansRun(.init(clusters: 2, metric: .cosine), on: data.dataset())
        }
        #expect(error?.code == .badData)
        #expect(
            error?.message == "row has no direction: \(data.path) row 2; remove it or use --metric euclidean"
        )
        #expect(try KMeansRun(.init(clusters: 2, metric: .euclidean), on: data.dataset()).labels.count == 4)
    }
}
