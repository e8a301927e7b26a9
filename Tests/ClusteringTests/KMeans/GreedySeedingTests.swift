import Tensors
import Testing

@testable import Clustering

@Suite struct GreedySeedingTests {
    private func objective(_ initialisation: KMeans.Initialisation, _ seed: UInt64) throws -> Double {
        let data = try SampleData(SampleData.blobs(rows: 200, columns: 3, centres: 12, spread: 0.05))
        let settings = KMeans.Settings(
            clusters: 12,
            metric: .euclidean,
            initialisation: initialisation,
            maximumIterations: 1,
            seed: seed
        )
        return try KMeansRun(settings, on: try data.dataset()).model.history[0].objective
    }

    @Test func `The best of several candidates leaves less than the only one, on the whole`() throws {
        let seeds: [UInt64] = Array(0..<8)
        let greedy = try seeds.map { try objective(.greedy, $0) }.reduce(0, +)
        let single = try seeds.map { try objective(.plusPlus, $0) }.reduce(0, +)
        #expect(greedy < 0.8 * single)
    }

    @Test func `Fewer distinct rows than clusters are seeded all the same`() throws {
        let rows = Matrix(rows: 6, columns: 2, values: [1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1])
        let settings = KMeans.Settings(clusters: 4, metric: .euclidean, initialisation: .greedy)
        let run = try KMeansRun(settings, on: try SampleData(rows).dataset())
        #expect(run.outcome.objective == 0)
    }
}
