import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct ApproximateNeighborsTests {
    private let matrix = SampleData.blobs(rows: 300, columns: 6, centres: 20)
    private let data: SampleData

    init() throws {
        data = try SampleData(matrix)
    }

    private func program(_ settings: ApproximateNeighbors.Settings, _ centroids: Matrix? = nil) throws
        -> ApproximateNeighbors
    {
        try ApproximateNeighbors(settings: settings, dataset: data.dataset(blockRows: 16), centroids: centroids)
    }

    private struct Outcome {
        var run: NeighborsRun
        var model: ApproximateNeighbors.Model
    }

    private func run(
        _ program: ApproximateNeighbors,
        in folder: NeighborFolder = NeighborFolder(),
        by body: (ApproximateNeighbors, NeighborStore) throws -> ApproximateNeighbors.Model = {
            try LocalRunner($0, sink: $1).run().model
        }
    ) throws -> Outcome {
        var program = program
        let store = try NeighborStore(for: program.exact, in: try folder.open(), isReordered: true)
        program.store = store
        let model = try withExtendedLifetime(data) { try body(program, store) }
        let run = try NeighborsRun(committed: store, rows: 300, k: program.settings.k, in: folder)
        return Outcome(run: run, model: model)
    }

    @Test(arguments: [NeighborMetric.cosine, .euclidean], [false, true])
    func `With all cells probed the answer is the exact one, bit for bit`(metric: NeighborMetric, own: Bool) throws {
        let exact = try NeighborsRun(.init(k: 9, metric: metric, includesSelf: own), on: data.dataset(blockRows: 16))
        let outcome = try run(
            program(.init(k: 9, metric: metric, includesSelf: own, cells: 12, probes: 12))
        )
        #expect(outcome.run == exact)
        #expect(outcome.model.recall?.value == 1)
    }

    @Test(arguments: [NeighborMetric.cosine, .euclidean])
    func `The recall that is told is that of the held-out rows`(metric: NeighborMetric) throws {
        let exact = try NeighborsRun(.init(k: 9, metric: metric), on: data.dataset(blockRows: 16))
        let program = try program(.init(k: 9, metric: metric, cells: 25, probes: 2, seed: 3))
        let outcome = try run(program)
        let recalls = (0..<300).map { row in
            Double(Set(outcome.run.indices(ofRow: row)).intersection(exact.indices(ofRow: row)).count) / 9
        }
        let held = program.sampledRows().suffix(75).map { recalls[$0] }
        let recall = try #require(outcome.model.recall)
        #expect(recall.queries == 75)
        #expect(abs(recall.value - held.reduce(0, +) / 75) < 1e-9)
        #expect(recall.value < 0.99 && recall.value > 0.3)
        for row in 0..<300 {
            #expect(!outcome.run.indices(ofRow: row).contains(row))
            #expect(Set(outcome.run.indices(ofRow: row)).count == 9)
        }
    }

    @Test func `The target decides how many cells are probed`() throws {
        let probes = try [0.3, 0.6, 0.9].map { target in
            let outcome = try run(program(.init(k: 9, cells: 25, targetRecall: target)))
            return try #require(outcome.model.probes)
        }
        #expect(probes == probes.sorted() && Set(probes).count == 3)
        #expect(try run(program(.init(k: 9, cells: 25, targetRecall: 1))).model.recall?.value == 1)
    }

    @Test func `Cells that hold too few rows are made up for`() throws {
        let outcome = try run(program(.init(k: 200, cells: 25, probes: 1)))
        for row in 0..<300 { #expect(Set(outcome.run.indices(ofRow: row)).count == 200) }
    }

    @Test func `Given centroids are the cells'`() throws {
        let centroids = Matrix(rows: 10, columns: 6, values: Array(matrix.values.prefix(60)))
        let outcome = try run(program(.init(k: 5, cells: 10, hasCentroids: true, probes: 10), centroids))
        #expect(try outcome.run == NeighborsRun(.init(k: 5), on: data.dataset(blockRows: 16)))
        #expect(outcome.model.kmeans.history.isEmpty)
    }

    @Test(arguments: [1, 2, 3, 4])
    func `A fleet that loses work and repeats it finds the same bits`(seed: Int) throws {
        let program = try program(.init(k: 7, cells: 25, targetRecall: 0.8))
        let expected = try run(program)
        let other = try run(program) { try SimulatedFleet($0, workers: seed + 1, seed: UInt64(seed)).run(sink: $1) }
        #expect(other.run == expected.run)
        #expect(other.model.recall == expected.model.recall && other.model.probes == expected.model.probes)
    }

    @Test func `A search goes on after any round with the bits it would have had`() throws {
        let program = try program(.init(k: 7, metric: .euclidean, cells: 25, targetRecall: 0.8))
        var rounds: UInt64 = 0
        let expected = try run(program) { program, store in
            try LocalRunner(program, sink: store).run { report in
                rounds = report.number
                return true
            }.model
        }
        #expect(rounds > 8)
        for stop in 1..<rounds {
            let folder = NeighborFolder()
            var first = program
            var bytes: [UInt8] = []
            do {
                let store = try NeighborStore(for: program.exact, in: try folder.open(), isReordered: true)
                first.store = store
                let (model, _) = try LocalRunner(first, sink: store).run { $0.number < stop }
                bytes = first.encode(model)
            }
            let resumed = try run(program, in: folder) { program, store in
                let start = RoundMark(number: stop, model: try program.decode(bytes))
                return try LocalRunner(program, sink: store).run(from: start).model
            }
            #expect(resumed.run == expected.run && resumed.model.recall == expected.model.recall)
        }
    }

    @Test func `Settings out of their range are refused`() throws {
        let dataset = try data.dataset()
        for settings in [
            ApproximateNeighbors.Settings(k: 5, metric: .innerProduct, cells: 5), .init(k: 5, cells: 0),
            .init(k: 5, cells: 5, probes: 6), .init(k: 5, cells: 5, probes: 0), .init(k: 5, cells: 5, targetRecall: 0),
        ] {
            let error = #expect(throws: ClusteringError.self) {
                try ApproximateNeighbors(settings: settings, dataset: dataset)
            }
            #expect(error?.code == .usage)
        }
        let error = #expect(throws: ClusteringError.self) {
            try ApproximateNeighbors(settings: .init(k: 5, cells: 301), dataset: dataset)
        }
        #expect(error?.code == .badData)
    }
}
