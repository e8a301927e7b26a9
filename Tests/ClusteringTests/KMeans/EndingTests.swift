import Shards
import Tensors
import Testing

@testable import Clustering

/// Why restarts end, and what is known of rows that do not differ.
@Suite struct EndingTests {
    private let data: SampleData
    private let initial = SampleData.blobs(rows: 6, columns: 9, centres: 6, seed: 2)

    init() throws {
        data = try SampleData(SampleData.blobs(rows: 400, columns: 9, centres: 6, spread: 1))
    }

    private func settings(_ iterations: Int = 300, tolerance: Double = 0) -> KMeans.Settings {
        .init(
            clusters: 6,
            metric: .euclidean,
            initialisation: .given,
            maximumIterations: iterations,
            tolerance: tolerance
        )
    }

    @Test func `A restart says whether labels, the objective or the limit ended it`() throws {
        let ends = try [settings(), settings(tolerance: 0.05), settings(2)].map {
            try KMeansRun($0, on: data.dataset(), from: initial)
        }
        #expect(ends.map(\.outcome.ending) == [.labels, .tolerance, .limit])
        #expect(ends.map(\.outcome.ending.isConverged) == [true, true, false])
        for run in ends {
            #expect(run.model.ended.map(\.ending) == [run.outcome.ending])
            #expect(run.model.ended[0].iterations == run.outcome.iterations)
        }
    }

    @Test func `Every restart has its end`() throws {
        let settings = KMeans.Settings(clusters: 6, initialisation: .random, maximumIterations: 8, restarts: 5)
        let run = try KMeansRun(settings, on: data.dataset())
        #expect(run.model.ended.map(\.restart) == [0, 1, 2, 3, 4])
        for end in run.model.ended {
            let history = run.model.history.filter { $0.restart == end.restart }
            #expect(history.count == end.iterations && history.last?.objective == end.objective)
            #expect(end.ending == (history.last?.moved == 0 ? .labels : .limit))
        }
    }

    /// The model after so many iterations.
    private func model(_ program: KMeans, after iterations: Int) throws -> RoundMark<KMeans.Model> {
        let run = try LocalRunner(program).run { $0.model.history.count < iterations }
        #expect(run.model.history.count == iterations)
        return RoundMark(number: UInt64(iterations), model: run.model)
    }

    @Test func `A restart that comes back to centroids that it had left ends, also after going on from bytes`() throws {
        var program = try KMeans(settings: settings(), dataset: data.dataset())
        program.initialCentroids = initial
        // What comes after four iterations is put where it was before the second.
        let later = try model(program, after: 4).model
        guard case .assigning(let ahead) = later.phase else { return #expect(Bool(false)) }
        var mark = try model(program, after: 2)
        guard case .assigning(var assigning) = mark.model.phase else { return #expect(Bool(false)) }
        let here = try assigning.centroids.array.matrix()
        #expect(assigning.trail.digests.count == 3)
        var trail = KMeans.CentroidTrail()
        let returns = [trail.add(try ahead.centroids.array.matrix()), trail.add(here)]
        #expect(returns == [false, false])
        assigning.trail = trail
        mark.model.phase = .assigning(assigning)
        mark.model = try program.decode(program.encode(mark.model))
        let (model, isFinished) = try LocalRunner(program, sink: CollectedRows()).run(from: mark)
        let outcome = try #require(model.outcome)
        #expect(isFinished && outcome.ending == .cycle && outcome.ending.isConverged)
        #expect(outcome.iterations == 4)
        #expect(outcome.centroids == (try ahead.centroids.array.matrix()))
    }

    @Test func `Centroids that stay where they are make no cycle, and a trail is of a bounded length`() {
        var trail = KMeans.CentroidTrail()
        let places = (0..<3000).map { Matrix(rows: 1, columns: 2, values: [Float($0), 1]) }
        let first = [places[0]] + places
        let returns = first.map { trail.add($0) }
        #expect(!returns.contains(true))
        #expect(trail.digests.count == KMeans.CentroidTrail.length)
        // The oldest that is still known.
        let isBack = trail.add(places[3000 - KMeans.CentroidTrail.length])
        #expect(isBack)
    }

    @Test(arguments: Metric.allCases, [KMeans.Initialisation.plusPlus, .greedy, .parallel])
    func `Rows that do not differ are counted where they are fewer than clusters`(
        metric: Metric,
        initialisation: KMeans.Initialisation
    ) throws {
        let distinct = SampleData.blobs(rows: 3, columns: 4, centres: 3)
        let copies = (0..<40).flatMap { Array(distinct.row($0 % 3)) }
        let data = try SampleData(Matrix(rows: 40, columns: 4, values: copies))
        for (clusters, known) in [(7, 3), (4, 3), (3, nil)] as [(Int, Int?)] {
            let settings = KMeans.Settings(clusters: clusters, metric: metric, initialisation: initialisation)
            let run = try KMeansRun(settings, on: data.dataset(blockRows: 9))
            #expect(run.model.distinctRows == known, "\(clusters)")
        }
    }

    @Test func `Rows that do not differ are counted when clusters are without rows`() throws {
        let data = try SampleData([1, 1, 1, 5, 5, 5], columns: 1)
        let settings = KMeans.Settings(clusters: 3, metric: .euclidean, initialisation: .given)
        let run = try KMeansRun(settings, on: data.dataset(), from: Matrix(rows: 3, columns: 1, values: [1, 5, 90]))
        #expect(run.model.distinctRows == 2)
        #expect(run.outcome.sizes == [3, 3, 0])
    }
}
