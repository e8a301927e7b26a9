import Shards
import Tensors
import Testing

@testable import Clustering

/// Rows far out, and columns and rows of very different scales, change nothing that is not theirs.
@Suite struct ScaleTests {
    private static func rows(_ count: Int, _ columns: Int) -> [Double] {
        SampleData.blobs(rows: count, columns: columns, centres: 5, seed: 7).values.map(Double.init)
    }

    /// Σ‖x − c‖² in Double; its terms are of one sign, so that it is good to some 1e-13.
    private static func objective(_ values: [Double], _ run: KMeansRun) -> Double {
        let columns = run.outcome.centroids.columns
        return run.labels.enumerated().reduce(0) { sum, row in
            let centroid = Array(run.outcome.centroids.row(row.element))
            return sum
                + (0..<columns).reduce(0) { square, column in
                    let difference = values[row.offset * columns + column] - Double(centroid[column])
                    return square + difference * difference
                }
        }
    }

    @Test(arguments: [1e4, 1e6, 1e9, 1e15, 1e18])
    func `A corrupt row spoils neither the objective nor the centroids of others`(size: Double) throws {
        let columns = 6
        let good = Self.rows(2000, columns)
        // Beside its size the row has the values that its float32 has room for.
        let corrupt = good + [size] + [Double](repeating: 0, count: columns - 1)
        let initial = Matrix(
            rows: 6,
            columns: columns,
            values: (good[..<(5 * columns)] + [size] + [Double](repeating: 0, count: columns - 1)).map { Float($0) }
        )
        let data = try SampleData(corrupt, columns: columns)
        let settings = KMeans.Settings(clusters: 6, metric: .euclidean, initialisation: .given)
        let run = try KMeansRun(settings, on: data.dataset(), from: initial)
        #expect(run.outcome.sizes[5] == 1)
        let objective = Self.objective(corrupt.map { Double(Float($0)) }, run)
        #expect(objective > 1 && abs(run.outcome.objective - objective) <= 1e-12 * objective)

        let others = try SampleData(good, columns: columns)
        let fewer = KMeans.Settings(clusters: 5, metric: .euclidean, initialisation: .given)
        let start = Matrix(rows: 5, columns: columns, values: Array(initial.values[..<(5 * columns)]))
        let without = try KMeansRun(fewer, on: others.dataset(), from: start)
        #expect(Array(run.outcome.centroids.values[..<(5 * columns)]) == without.outcome.centroids.values)
        #expect(run.labels.dropLast() == without.labels[...])
    }

    @Test func `Counts with a heavy tail have an objective that never rises`() throws {
        var draws = CounterRandom(seed: 51, purpose: .init(code: 0xFFFF_0003)).draws(forRow: 0)
        let values = (0..<3000).map { _ in (1 / max(draws.uniform(), 1e-7)).rounded() }
        let data = try SampleData(values, columns: 3)
        let run = try KMeansRun(.init(clusters: 8, metric: .euclidean), on: data.dataset())
        let objectives = run.model.history.map(\.objective)
        for (before, after) in zip(objectives, objectives.dropFirst()) { #expect(after <= before) }
        let objective = Self.objective(values.map { Double(Float($0)) }, run)
        #expect(abs(run.outcome.objective - objective) <= 1e-12 * objective)
    }
}
