import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct RetrievalTests {
    @Test(arguments: [0.005, 0.1, 5])
    func `Counterparts are those of the formula, whatever the blocks`(temperature: Double) throws {
        let images = SampleData.blobs(rows: 90, columns: 7, centres: 4)
        var nouns = SampleData.blobs(rows: 23, columns: 7, centres: 23, seed: 8)
        nouns.normaliseRows()
        let data = try SampleData(images, type: .float16)
        let plain = PlainNouns.units(nouns)
        let expected = PlainNouns.units(images).flatMap {
            PlainNouns.counterpart($0, plain, temperature: temperature)
        }
        for blockRows in [90, 32] {
            var retrieval = try Retrieval(
                settings: .init(temperature: temperature),
                dataset: try data.dataset(blockRows: blockRows)
            )
            retrieval.nouns = nouns
            let sink = CollectedRows()
            _ = try LocalRunner(retrieval, sink: sink).run()
            let values = sink.floats(Retrieval.field)
            try #require(values.count == expected.count)
            // Similarities are rounded to float32 before they are divided by the temperature.
            let tolerance = 1e-6 + 1e-7 / temperature
            #expect(zip(values, expected).allSatisfy { abs(Double($0) - $1) < tolerance })
        }
    }

    @Test func `The softmax of any row is safe`() {
        var matrix = Matrix(rows: 3, columns: 2, values: [1e30, -1e30, -5, -5, 88, 89])
        matrix.softmaxRows(temperature: 1e-6)
        #expect(matrix.values == [1, 0, 0.5, 0.5, 0, 1])
    }

    @Test func `Nouns of another length, and none, are refused`() throws {
        let dataset = try SampleData(SampleData.blobs(rows: 5, columns: 4, centres: 2)).dataset()
        var retrieval = try Retrieval(settings: .init(), dataset: dataset)
        #expect(throws: ClusteringError.self) { try retrieval.begin() }
        retrieval.nouns = Matrix(rows: 2, columns: 3)
        #expect(throws: ClusteringError.self) { try retrieval.begin() }
        #expect(throws: ClusteringError.self) { try Retrieval(settings: .init(temperature: 0), dataset: dataset) }
    }
}

extension CollectedRows {
    func floats(_ field: String) -> [Float] {
        (fields[field]?.pieces ?? []).flatMap { piece -> [Float] in
            guard case .float32(let values) = piece.values else { return [] }
            return values
        }
    }
}
