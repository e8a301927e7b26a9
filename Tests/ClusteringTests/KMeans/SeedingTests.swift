import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct SeedingTests {
    /// The rows that seeding has chosen when the iterations begin.
    private func centres(_ settings: KMeans.Settings, _ dataset: Dataset) throws -> Matrix {
        let program = try KMeans(settings: settings, dataset: dataset)
        var centres: Matrix?
        _ = try LocalRunner(program).run { report in
            guard case .assigning(let assigning) = report.model.phase else { return true }
            centres = try assigning.centroids.array.matrix()
            return false
        }
        return try #require(centres)
    }

    @Test func `The second centre follows the squared distance to the first`() throws {
        let points: [Double] = [0, 1, 3, 4, 9]
        let dataset = try SampleData(points, columns: 1).dataset(blockRows: 2)
        var seen = [[Double]](repeating: [Double](repeating: 0, count: 5), count: 5)
        for seed in 0..<2000 {
            let settings = KMeans.Settings(clusters: 2, metric: .euclidean, seed: UInt64(seed))
            let chosen = try centres(settings, dataset).values.map { points.firstIndex(of: Double($0)) ?? 0 }
            seen[chosen[0]][chosen[1]] += 1
        }
        for first in 0..<5 {
            let total = seen[first].reduce(0, +)
            // Uniform: 400 expected, and a deviation of 5 times √(2000 · 0.2 · 0.8).
            #expect(abs(total - 400) < 90)
            let squares = points.map { ($0 - points[first]) * ($0 - points[first]) }
            #expect(seen[first][first] == 0)
            let statistic = (0..<5).filter { $0 != first }.reduce(0.0) { sum, second in
                let expected = total * squares[second] / squares.reduce(0, +)
                return sum + (seen[first][second] - expected) * (seen[first][second] - expected) / expected
            }
            // The 99.9th percentile of chi-square with three degrees of freedom.
            #expect(statistic < 16.27)
        }
    }

    @Test func `Random centres are distinct rows and differ by seed and restart`() throws {
        let points = (0..<30).map(Double.init)
        let dataset = try SampleData(points, columns: 1).dataset(blockRows: 7)
        var counts = [Int](repeating: 0, count: 30)
        for seed in 0..<600 {
            let settings = KMeans.Settings(
                clusters: 10,
                metric: .euclidean,
                initialisation: .random,
                seed: UInt64(seed)
            )
            let rows = try centres(settings, dataset).values.map { Int($0) }
            #expect(Set(rows).count == 10)
            for row in rows { counts[row] += 1 }
        }
        // 200 expected each, with a deviation of 5 times √(600 · ⅓ · ⅔).
        #expect(counts.allSatisfy { abs($0 - 200) < 60 })
        let every = KMeans.Settings(clusters: 30, metric: .euclidean, initialisation: .random)
        #expect(Set(try centres(every, dataset).values).count == 30)
    }

    @Test func `More centres than one array holds are distinct rows`() throws {
        let matrix = SampleData.blobs(rows: 400, columns: 3, centres: 400, spread: 1)
        let dataset = try SampleData(matrix).dataset(blockRows: 50)
        let chosen = try centres(.init(clusters: 150, metric: .euclidean), dataset)
        let rows = Set((0..<400).map { Array(matrix.row($0)) })
        let centres = (0..<150).map { Array(chosen.row($0)) }
        #expect(Set(centres).count == 150)
        #expect(centres.allSatisfy(rows.contains))
    }

    @Test(arguments: Metric.allCases)
    func `Drawing many at once begins better than at random`(metric: Metric) throws {
        let data = try SampleData(SampleData.blobs(rows: 900, columns: 8, centres: 30, spread: 0.1))
        func first(_ initialisation: KMeans.Initialisation) throws -> Double {
            let settings = KMeans.Settings(clusters: 30, metric: metric, initialisation: initialisation)
            return try #require(KMeansRun(settings, on: data.dataset()).model.history.first).objective
        }
        let sign = metric == .cosine ? -1.0 : 1.0
        #expect(try sign * first(.parallel) < sign * first(.random))
        #expect(try sign * first(.plusPlus) < sign * first(.random))
    }

    @Test func `Too few candidates are made up by the race`() throws {
        // Two far points and many at one place: once the two are drawn, nothing is left to draw by distance.
        let points = [Double](repeating: 0, count: 20) + [500, -300]
        let data = try SampleData(points, columns: 1)
        let settings = KMeans.Settings(clusters: 5, metric: .euclidean, initialisation: .parallel)
        let chosen = try centres(settings, data.dataset(blockRows: 4))
        #expect(Set(chosen.values) == [0, 500, -300])
        #expect(chosen.rows == 5)
    }
}
