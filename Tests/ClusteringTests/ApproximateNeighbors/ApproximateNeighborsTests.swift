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
        let program = try program(.init(k: 9, metric: metric, cells: 25, probes: 1, seed: 3))
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
        let probes = try [0.3, 0.9, 1].map { target in
            let outcome = try run(program(.init(k: 9, cells: 25, targetRecall: target)))
            return try #require(outcome.model.probes)
        }
        #expect(probes == probes.sorted() && probes[0] < probes[1] && probes[2] == 25)
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

    /// Runs some rounds and dies.
    /// - Returns: the model's bytes, as a journal would hold them.
    private func runRounds(_ count: UInt64, of program: ApproximateNeighbors, in folder: NeighborFolder) throws
        -> [UInt8]
    {
        var program = program
        let store = try NeighborStore(for: program.exact, in: try folder.open(), isReordered: true)
        program.store = store
        let (model, _) = try LocalRunner(program, sink: store).run { $0.number < count }
        return program.encode(model)
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
        #expect(rounds > 6)
        for stop in 1..<rounds {
            let folder = NeighborFolder()
            let bytes = try runRounds(stop, of: program, in: folder)
            let resumed = try run(program, in: folder) { program, store in
                let start = RoundMark(number: stop, model: try program.decode(bytes))
                return try LocalRunner(program, sink: store).run(from: start).model
            }
            #expect(resumed.run == expected.run && resumed.model.recall == expected.model.recall)
        }
    }

    @Test(arguments: [NeighborMetric.cosine, .euclidean])
    func `The answer is exact among the rows of the cells that are nearest to a row`(metric: NeighborMetric) throws {
        let centroids = Matrix(rows: 10, columns: 6, values: Array(matrix.values.prefix(60)))
        let outcome = try run(
            program(.init(k: 5, metric: metric, cells: 10, hasCentroids: true, probes: 3), centroids)
        )
        let near = PlainNeighbors(matrix, metric, k: 5)
        // The centroids are the first rows, so how near a row is to one is known.
        let cells = (0..<300).map { row in (0..<10).sorted { near.scores[row][$0] > near.scores[row][$1] } }
        for row in 0..<300 {
            let probed = Set(cells[row].prefix(3))
            let found = (0..<300).filter { $0 != row && probed.contains(cells[$0][0]) }
                .sorted { (-near.scores[row][$0], $0) < (-near.scores[row][$1], $1) }.prefix(5)
            guard found.count == 5 else { continue }
            #expect(outcome.run.indices(ofRow: row) == Array(found), "row \(row)")
            #expect(outcome.run.floats(ofRow: row) == found.map { near.value(row, $0) }, "row \(row)")
        }
    }

    @Test(arguments: [NeighborMetric.cosine, .euclidean])
    func `Equal rows are neighbours, the lower first, and a row is not its own`(metric: NeighborMetric) throws {
        let few = SampleData.blobs(rows: 10, columns: 6, centres: 10)
        let repeated = try SampleData(Matrix(rows: 300, columns: 6, values: (0..<30).flatMap { _ in few.values }))
        let dataset = try repeated.dataset(blockRows: 16)
        let outcome = try run(
            ApproximateNeighbors(settings: .init(k: 9, metric: metric, cells: 5, probes: 1), dataset: dataset)
        )
        #expect(try outcome.run == NeighborsRun(.init(k: 9, metric: metric), on: dataset))
        #expect(outcome.run.indices(ofRow: 20) == [0, 10, 30, 40, 50, 60, 70, 80, 90])
    }

    @Test func `A row without a direction is refused by its number`() throws {
        var rows = matrix
        for column in 0..<6 { rows[211, column] = 0 }
        let zero = try SampleData(rows)
        let program = try ApproximateNeighbors(settings: .init(k: 5, cells: 5), dataset: zero.dataset(blockRows: 16))
        let error = #expect(throws: ClusteringError.self) { try run(program) }
        #expect(error?.code == .badData && error?.message.contains("row 211") == true)
    }

    @Test func `What is spilled is what the formulas say`() throws {
        let program = try program(.init(k: 7, cells: 25, probes: 3))
        let outcome = try run(program) { try SimulatedFleet($0, workers: 2, seed: 1).run(sink: $1) }
        let cost = NeighborsCost(of: program, workers: 2, threads: 1)
        let spilled = outcome.model.spills.reduce(0) { $0 + $1.byteCount }
        #expect(spilled >= cost.spilled && Double(spilled) < 1.1 * Double(cost.spilled))
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
