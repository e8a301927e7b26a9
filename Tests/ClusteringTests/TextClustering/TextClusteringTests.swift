import Foundation
import Shards
import Tensors
import Testing

@testable import Clustering

/// The whole of text-aided clustering without training, as programs one after the other.
@Suite struct TextClusteringTests {
    /// Images, nouns, and where the counterparts go.
    private final class Sample: RowSink {
        let images: SampleData
        let applied: SampleData
        let nouns: SampleData
        let rows = CollectedRows()
        private let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("text-clustering-\(UUID().uuidString)")

        init() throws {
            images = try SampleData(SampleData.blobs(rows: 130, columns: 6, centres: 4, spread: 0.6))
            applied = try SampleData(SampleData.blobs(rows: 110, columns: 6, centres: 4, spread: 0.6, seed: 7))
            nouns = try SampleData(SampleData.blobs(rows: 70, columns: 6, centres: 12, spread: 0.7, seed: 2))
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func write(_ values: NamedArray.Values, field: String, firstRow: Int) throws {
            try rows.write(values, field: field, firstRow: firstRow)
            let text = rows.floats(Retrieval.field)
            guard field == Retrieval.field, text.count == applied.rows * applied.columns else { return }
            try NumpyWriter.write(text, rows: applied.rows, columns: applied.columns, to: path)
        }

        var path: String { folder.appendingPathComponent("text.npy").path }

        func program(_ kind: NounFilter.Kind) throws -> TextClustering {
            let settings = TextClustering.Settings(
                choice: NounChoice.Settings(
                    nouns: try nouns.dataset(blockRows: 16).description,
                    filter: .init(kind: kind, perCentre: 3, temperature: kind == .tac ? 1 : 0.1, uniqueness: 0.2),
                    centres: .init(clusters: 6, initialisation: .greedy, seed: 1, deliversLabels: false)
                ),
                images: try images.dataset(blockRows: 16).description,
                retrieval: .init(temperature: 0.05),
                text: path,
                clusters: .init(clusters: 4, initialisation: .greedy, restarts: 3, seed: 1)
            )
            return try TextClustering(
                settings: settings,
                dataset: try applied.dataset(blockRows: 16),
                images: nil,
                repeated: [3, 9]
            )
        }
    }

    @Test(arguments: NounFilter.Kind.allCases)
    func `A fleet of any size ends with the bits of one process`(kind: NounFilter.Kind) throws {
        let alone = try Sample()
        let expected = try LocalRunner(try alone.program(kind), sink: alone).run().model
        let outcome = try #require(expected.clusters?.outcome)
        #expect(outcome.centroids.columns == 12 && alone.rows.labels.count == 110)
        for workers in [1, 2, 3, 5] {
            let sample = try Sample()
            let fleet = try SimulatedFleet(try sample.program(kind), workers: workers, seed: UInt64(workers))
            let model = try fleet.run(sink: sample)
            #expect(model.clusters?.outcome == outcome)
            #expect(model.choice?.selection == expected.choice?.selection)
            #expect(sample.rows.labels == alone.rows.labels)
            #expect(sample.rows.floats(Retrieval.field) == alone.rows.floats(Retrieval.field))
        }
    }

    @Test func `A run that goes on from bytes after every round ends with the same bits`() throws {
        let alone = try Sample()
        let expected = try LocalRunner(try alone.program(.tac), sink: alone).run().model
        let sample = try Sample()
        var mark: RoundMark<TextClustering.Model>?
        var kinds: [String] = []
        while true {
            // A new process: stages are opened anew.
            let program = try sample.program(.tac)
            let (model, isFinished) = try LocalRunner(program, sink: sample).run(from: mark) { report in
                kinds.append(report.round.kind)
                return program.round(after: report.model) == nil
            }
            let bytes = program.encode(model)
            let copy = try program.decode(bytes)
            #expect(program.encode(copy) == bytes)
            mark = RoundMark(number: (mark?.number ?? 0) + 1, model: copy)
            if isFinished { break }
        }
        #expect(mark?.model.clusters?.outcome == expected.clusters?.outcome)
        #expect(sample.rows.labels == alone.rows.labels)
        let stages = ["survey/survey", "nouns/survey/survey", "nouns/centres/greedy", "nouns/filter/score"]
        #expect(Set(kinds).isSuperset(of: stages + ["text/retrieve", "clusters/greedy", "clusters/label"]))
        #expect(kinds.first == stages[0] && kinds.last == "clusters/label")
    }

    @Test func `Rows that are to be clustered are looked at before the long work`() throws {
        let sample = try Sample()
        var values = SampleData.blobs(rows: 40, columns: 6, centres: 4).values.map(Double.init)
        values[7 * 6] = .nan
        let bad = try SampleData(values, columns: 6)
        let program = try TextClustering(settings: sample.program(.tac).settings, dataset: try bad.dataset())
        var kinds: [String] = []
        #expect(throws: ClusteringError.self) {
            try LocalRunner(program, sink: sample).run { report in
                kinds.append(report.round.kind)
                return true
            }
        }
        #expect(kinds.isEmpty)
    }

    @Test func `Parts of a row count alike under cosine, whatever their length`() throws {
        let one = SampleData.blobs(rows: 30, columns: 4, centres: 3)
        let other = Matrix(
            rows: 30,
            columns: 4,
            values: SampleData.blobs(rows: 30, columns: 4, centres: 5).values.map {
                $0 * 64
            }
        )
        let (first, second) = (try SampleData(one), try SampleData(other))
        let both = try Dataset(sideBySide: [try first.dataset(blockRows: 8), try second.dataset(blockRows: 8)])
        var tiles = RowTiles(of: both, metric: .cosine)
        let plain = zip(PlainNouns.units(one), PlainNouns.units(other)).map { ($0 + $1).map { $0 / 2.0.squareRoot() } }
        var factors: [Float] = []
        for pass in 0..<2 {
            tiles.forEachTile(of: both.block(1), factors: &factors) { tile, values in
                for (place, row) in tile.enumerated() {
                    for column in 0..<8 {
                        #expect(abs(Double(values[place * 8 + column]) - plain[8 + row][column]) < 1e-6)
                    }
                }
            }
            #expect(factors.count == 16, "pass \(pass)")
        }
        #expect(zip(tiles.row(3), plain[3]).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    }
}
