import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct ModelCodingTests {
    /// Each round in a program of its own, which knows of those before only what the bytes say.
    private func runInPieces<Method: Program>(_ program: () throws -> Method, _ sink: CollectedRows) throws
        -> (model: Method.Model, kinds: Set<String>)
    {
        var mark: RoundMark<Method.Model>?
        var kinds: Set<String> = []
        while true {
            let program = try program()
            let (model, isFinished) = try LocalRunner(program, sink: sink).run(from: mark) { report in
                kinds.insert(report.round.kind)
                #expect(report.number == (mark?.number ?? 0) + 1)
                return program.round(after: report.model) == nil
            }
            let bytes = program.encode(model)
            let copy = try program.decode(bytes)
            #expect(program.encode(copy) == bytes)
            if isFinished { return (copy, kinds) }
            mark = RoundMark(number: (mark?.number ?? 0) + 1, model: copy)
        }
    }

    @Test(arguments: Metric.allCases, KMeans.Initialisation.allCases)
    func `k-means that goes on from bytes after every round ends with the same bits`(
        metric: Metric,
        initialisation: KMeans.Initialisation
    ) throws {
        let data = try SampleData(SampleData.blobs(rows: 230, columns: 5, centres: 4, spread: 1))
        let dataset = try data.dataset(blockRows: 16)
        let initial = SampleData.blobs(rows: 6, columns: 5, centres: 6, seed: 9)
        let settings = KMeans.Settings(
            clusters: 6,
            metric: metric,
            initialisation: initialisation,
            restarts: initialisation == .given ? 1 : 2,
            seed: 3
        )
        let expected = try KMeansRun(settings, on: dataset, from: initial)
        let sink = CollectedRows()
        let (model, kinds) = try runInPieces(
            {
                var program = try KMeans(settings: settings, dataset: dataset)
                program.initialCentroids = initial
                return program
            },
            sink
        )
        #expect(model.outcome == expected.outcome)
        #expect(model.history == expected.model.history)
        #expect(sink.labels == expected.labels)
        if initialisation == .plusPlus { #expect(kinds.contains("race")) }
        if initialisation == .parallel { #expect(kinds.isSuperset(of: ["spread.measure", "spread.draw"])) }
    }

    @Test(arguments: Metric.allCases)
    func `clusters without rows are moved after going on from bytes`(metric: Metric) throws {
        let data = try SampleData(SampleData.blobs(rows: 150, columns: 4, centres: 3, spread: 1))
        let dataset = try data.dataset(blockRows: 11)
        let initial = Matrix(rows: 5, columns: 4, values: [0.1, 0.1, 0.1, 0.1] + [Float](repeating: -90, count: 16))
        let settings = KMeans.Settings(clusters: 5, metric: metric, initialisation: .given)
        let expected = try KMeansRun(settings, on: dataset, from: initial)
        let (model, kinds) = try runInPieces(
            {
                var program = try KMeans(settings: settings, dataset: dataset)
                program.initialCentroids = initial
                return program
            },
            CollectedRows()
        )
        #expect(kinds.contains("farthest"))
        #expect(model.outcome == expected.outcome)
    }

    @Test func `labelling and the survey go on from bytes`() throws {
        let data = try SampleData(SampleData.blobs(rows: 90, columns: 3, centres: 3))
        let dataset = try data.dataset(blockRows: 16)
        let labelling = {
            var program = try Labelling(settings: .init(metric: .euclidean), dataset: dataset)
            program.centroids = SampleData.blobs(rows: 3, columns: 3, centres: 3)
            return program
        }
        let (whole, pieces) = (CollectedRows(), CollectedRows())
        let expected = try LocalRunner(try labelling(), sink: whole).run().model
        let model = try runInPieces(labelling, pieces).model
        #expect(model.sizes == expected.sizes && model.survey == expected.survey)
        #expect(pieces.labels == whole.labels && !whole.labels.isEmpty)
        let survey = SurveyProgram(settings: .init(), dataset: dataset)
        #expect(try survey.decode(survey.encode(expected.survey)) == expected.survey)
    }

    @Test func `numbers keep their bits`() throws {
        let doubles = [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, 0.1, .greatestFiniteMagnitude]
        let floats = [Float.nan, -0, .infinity, .leastNonzeroMagnitude, 0.1] + [Float(bitPattern: 0x7F80_0001)]
        var writer = ModelWriter()
        writer.write(NamedArray("d", doubles))
        writer.write(NamedArray("f", shape: [2, 3], .float32(floats)))
        writer.write(NamedArray("i", [Int32.min, .max]))
        writer.write(NamedArray("l", [Int64.min, .max]))
        var reader = ModelReader(writer.bytes)
        let first = try reader.read(NamedArray.self).doubles()
        #expect(first.map(\.bitPattern) == doubles.map(\.bitPattern))
        let second = try reader.read(NamedArray.self).matrix()
        #expect(second.values.map(\.bitPattern) == floats.map(\.bitPattern) && second.rows == 2)
        #expect(try reader.read(NamedArray.self) == NamedArray("i", [Int32.min, .max]))
        #expect(try reader.read(NamedArray.self) == NamedArray("l", [Int64.min, .max]))
        try reader.finish()
    }

    @Test func `bytes that are not a model are refused, wherever they break off or differ`() throws {
        let data = try SampleData(SampleData.blobs(rows: 40, columns: 2, centres: 2))
        let program = try KMeans(settings: .init(clusters: 3), dataset: data.dataset(blockRows: 16))
        let model = try LocalRunner(program).run { $0.number < 4 }.model
        let bytes = program.encode(model)
        for count in bytes.indices {
            #expect(throws: ClusteringError.self) { try program.decode(Array(bytes[..<count])) }
        }
        #expect(throws: ClusteringError.self) { try program.decode(bytes + [0]) }
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0xFF
            // Not every change shows, but none may trap.
            _ = try? program.decode(damaged)
        }
        let other = try Labelling(settings: .init(metric: .cosine), dataset: program.dataset)
        #expect(throws: ClusteringError.self) { try other.decode(bytes) }
    }
}
