import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct KMeansTests {
    @Test(arguments: Metric.allCases, [ElementType.float16, .float32, .float64])
    func `It does what the book says`(metric: Metric, type: ElementType) throws {
        let matrix = SampleData.blobs(rows: 400, columns: 9, centres: 6, spread: 1)
        let initial = SampleData.blobs(rows: 6, columns: 9, centres: 6, seed: 2)
        let data = try SampleData(matrix, type: type)
        let plain = PlainKMeans(matrix, from: initial, metric: metric)
        let settings = KMeans.Settings(clusters: 6, metric: metric, initialisation: .given)
        let run = try KMeansRun(settings, on: data.dataset(), from: initial)
        #expect(run.labels == plain.labels)
        #expect(run.outcome.ending.isConverged && plain.moved.last == 0)
        #expect(run.outcome.iterations == plain.objectives.count)
        #expect(run.model.history.map(\.moved) == plain.moved)
        for (mine, theirs) in zip(run.model.history.map(\.objective), plain.objectives) {
            #expect(abs(mine - theirs) <= 1e-5 * abs(theirs))
        }
        for (mine, theirs) in zip(run.outcome.centroids.values, plain.centroids.joined()) {
            #expect(abs(Double(mine) - theirs) <= 1e-5)
        }
    }

    @Test(arguments: Metric.allCases, [KMeans.Initialisation.plusPlus, .parallel, .random])
    func `Blocks of any size give the same bits`(metric: Metric, initialisation: KMeans.Initialisation) throws {
        // Only the fused kernels promise this: products of OpenBLAS depend on where a row is in its tile.
        guard try KernelPath.selected != .blas else { return }
        let data = try SampleData(SampleData.blobs(rows: 300, columns: 6, centres: 5, spread: 1))
        let settings = KMeans.Settings(clusters: 5, metric: metric, initialisation: initialisation)
        let expected = try KMeansRun(settings, on: data.dataset(blockRows: 300))
        for blockRows in [1, 7, 64, 299] {
            let run = try KMeansRun(settings, on: data.dataset(blockRows: blockRows))
            #expect(run.outcome == expected.outcome)
            #expect(run.model.history == expected.model.history)
            #expect(run.labels == expected.labels)
        }
    }

    @Test(arguments: Metric.allCases)
    func `What is told of clusters is true of their rows`(metric: Metric) throws {
        let matrix = SampleData.blobs(rows: 260, columns: 6, centres: 4)
        let data = try SampleData(matrix)
        let run = try KMeansRun(.init(clusters: 4, metric: metric), on: data.dataset())
        let rows = PlainKMeans.rows(matrix, metric)
        let centroids = PlainKMeans.rows(run.outcome.centroids, .euclidean)
        func closeness(_ row: Int, _ cluster: Int) -> Double {
            let pairs = zip(rows[row], centroids[cluster])
            if metric == .cosine { return pairs.reduce(0) { $0 + $1.0 * $1.1 } }
            return pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        let own = rows.indices.map { closeness($0, run.labels[$0]) }
        for row in rows.indices {
            let all = (0..<4).map { closeness(row, $0) }
            let best = try #require(metric == .cosine ? all.max() : all.min())
            #expect(abs(own[row] - best) <= 1e-6)
        }
        let objective = own.reduce(0) { $0 + (metric == .cosine ? $1 : $1 * $1) }
        #expect(abs(run.outcome.objective - objective) <= 1e-5 * objective)
        for cluster in 0..<4 {
            let members = rows.indices.filter { run.labels[$0] == cluster }
            #expect(run.outcome.sizes[cluster] == members.count)
            let mean = members.reduce(0) { $0 + own[$1] } / Double(members.count)
            let overall = own.reduce(0, +) / Double(own.count)
            let confidence = metric == .cosine ? mean : 1 / (1 + mean / overall)
            #expect(abs(run.outcome.confidence[cluster] - confidence) <= 1e-6)
            let nearest = members.sorted { metric == .cosine ? own[$0] > own[$1] : own[$0] < own[$1] }
            #expect(run.outcome.nearest[cluster].count == 10)
            for (entry, row) in zip(run.outcome.nearest[cluster], nearest) {
                #expect(abs(entry.score - own[row]) <= 1e-6)
                #expect(run.labels[entry.index] == cluster)
            }
        }
    }

    @Test func `It stops at the limit on iterations, and labels are those of the last centroids`() throws {
        let matrix = SampleData.blobs(rows: 400, columns: 9, centres: 6, spread: 1)
        let initial = SampleData.blobs(rows: 6, columns: 9, centres: 6, seed: 2)
        let data = try SampleData(matrix)
        let settings = KMeans.Settings(clusters: 6, metric: .euclidean, initialisation: .given, maximumIterations: 2)
        let run = try KMeansRun(settings, on: data.dataset(), from: initial)
        let plain = PlainKMeans(matrix, from: initial, metric: .euclidean, iterations: 3)
        #expect(!run.outcome.ending.isConverged)
        #expect(run.outcome.iterations == 2 && run.model.history.count == 2)
        #expect(run.labels == plain.labels)
        #expect(abs(run.outcome.objective - plain.objectives[2]) <= 1e-5 * plain.objectives[2])
    }

    @Test(arguments: Metric.allCases)
    func `It stops when the objective changes by no more than the tolerance`(metric: Metric) throws {
        let data = try SampleData(SampleData.blobs(rows: 400, columns: 9, centres: 6, spread: 1))
        var settings = KMeans.Settings(clusters: 6, metric: metric, seed: 1)
        let full = try KMeansRun(settings, on: data.dataset()).model.history.map(\.objective)
        settings.tolerance = 0.01
        let run = try KMeansRun(settings, on: data.dataset())
        let settled = try #require(
            full.indices.dropFirst().first { abs(full[$0] - full[$0 - 1]) <= 0.01 * abs(full[$0]) }
        )
        #expect(run.outcome.iterations == settled + 1)
        #expect(run.outcome.iterations < full.count)
        #expect(run.outcome.ending.isConverged)
    }

    @Test(arguments: Metric.allCases)
    func `The best restart is the result`(metric: Metric) throws {
        let data = try SampleData(SampleData.blobs(rows: 200, columns: 4, centres: 9, spread: 0.6))
        let settings = KMeans.Settings(clusters: 9, metric: metric, initialisation: .random, restarts: 6)
        let run = try KMeansRun(settings, on: data.dataset())
        let last = (0..<6).map { restart in run.model.history.last { $0.restart == restart }?.objective ?? .nan }
        let best = try #require(metric == .cosine ? last.max() : last.min())
        #expect(Set(last).count > 1)
        #expect(last.firstIndex(of: best) == run.outcome.restart)
        #expect(run.outcome.objective == best)
    }

    @Test(arguments: Metric.allCases, [KMeans.Initialisation.plusPlus, .parallel, .random])
    func `More clusters than distinct rows come to an end`(
        metric: Metric,
        initialisation: KMeans.Initialisation
    ) throws {
        let distinct = SampleData.blobs(rows: 3, columns: 4, centres: 3)
        let copies = (0..<40).flatMap { Array(distinct.row($0 % 3)) }
        let data = try SampleData(Matrix(rows: 40, columns: 4, values: copies))
        let settings = KMeans.Settings(clusters: 7, metric: metric, initialisation: initialisation)
        let run = try KMeansRun(settings, on: data.dataset(blockRows: 9))
        #expect(run.outcome.ending.isConverged && run.outcome.iterations < 20)
        #expect(run.outcome.sizes.reduce(0, +) == 40)
        if initialisation != .random {
            #expect(Set(run.labels).count == 3)
            #expect((0..<40).allSatisfy { run.labels[$0] == run.labels[$0 % 3] })
        }
    }

    @Test func `A cluster without rows takes the farthest row from its cluster`() throws {
        // Rows 0, 1, 2 and 10 on a line; centroids at 1 and, beyond all rows, at 100 and 200.
        let data = try SampleData([0, 1, 2, 10], columns: 1)
        let settings = KMeans.Settings(
            clusters: 3,
            metric: .euclidean,
            initialisation: .given,
            maximumIterations: 1
        )
        let initial = Matrix(rows: 3, columns: 1, values: [1, 100, 200])
        let run = try KMeansRun(settings, on: data.dataset(blockRows: 2), from: initial)
        // 10 (distance 9) starts the second; of 0 and 2, equally far, the lower row starts the third; 1 and 2 remain.
        #expect(run.outcome.centroids.values == [1.5, 10, 0])
        #expect(run.labels == [2, 0, 0, 1])
    }

    @Test func `Or it keeps its centroid, where only Lloyd's iterations are wanted`() throws {
        let data = try SampleData([0, 1, 2, 10], columns: 1)
        let settings = KMeans.Settings(
            clusters: 3,
            metric: .euclidean,
            initialisation: .given,
            relocatesEmptyClusters: false
        )
        let initial = Matrix(rows: 3, columns: 1, values: [1, 8, 200])
        let run = try KMeansRun(settings, on: data.dataset(blockRows: 2), from: initial)
        #expect(run.outcome.centroids.values == [1, 10, 200])
        #expect(run.outcome.sizes == [3, 1, 0])
    }

    @Test func `Settings that cannot be are refused`() throws {
        let data = try SampleData([1, 2, 3, 4], columns: 1)
        let dataset = try data.dataset()
        func refuse(_ code: ClusteringError.Code, _ words: String..., settings: KMeans.Settings) {
            let error = #expect(throws: ClusteringError.self) { try KMeans(settings: settings, dataset: dataset) }
            #expect(error?.code == code)
            for word in words { #expect(error?.message.contains(word) == true) }
        }
        refuse(.badData, "5 clusters", "4 rows", data.path, settings: .init(clusters: 5))
        refuse(.usage, "clusters: 0", settings: .init(clusters: 0))
        refuse(.usage, "restarts: 0", settings: .init(clusters: 1, restarts: 0))
        refuse(.usage, "alike", settings: .init(clusters: 1, initialisation: .given, restarts: 2))
        refuse(.usage, "iterations: 0", settings: .init(clusters: 1, maximumIterations: 0))
        refuse(.usage, "tolerance: -1", settings: .init(clusters: 1, tolerance: -1))
        refuse(.usage, "tolerance: nan", settings: .init(clusters: 1, tolerance: .nan))
    }

    @Test func `Initial centroids that cannot be are refused`() throws {
        let data = try SampleData([1, 2, 3, 4], columns: 2)
        func refuse(_ word: String, _ centroids: Matrix?, _ metric: Metric = .euclidean) throws {
            let settings = KMeans.Settings(clusters: 2, metric: metric, initialisation: .given)
            let error = #expect(throws: ClusteringError.self) {
                try KMeansRun(settings, on: data.dataset(), from: centroids)
            }
            #expect(error?.message.contains(word) == true)
        }
        try refuse("missing", nil)
        try refuse("too large: initial centroids row 0", Matrix(rows: 2, columns: 2, values: [3e30, 2, 3, 4]))
        try refuse("1 × 2", Matrix(rows: 1, columns: 2))
        try refuse("2 × 1", Matrix(rows: 2, columns: 1))
        try refuse("initial centroids row 1", Matrix(rows: 2, columns: 2, values: [1, 2, .nan, 4]))
        try refuse("direction: initial centroids row 0", Matrix(rows: 2, columns: 2, values: [0, 0, 1, 4]), .cosine)
    }
}
