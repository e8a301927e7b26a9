import Foundation
import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct NeighborsTests {
    /// Rows of which some are equal: 3, 77 and 149; 40 and 41.
    private static func rows(_ count: Int = 150, columns: Int = 7) -> Matrix {
        var matrix = SampleData.blobs(rows: count, columns: columns, centres: 9)
        for (row, original) in [(77, 3), (149, 3), (41, 40)] where row < count {
            for column in 0..<columns { matrix[row, column] = matrix[original, column] }
        }
        return matrix
    }

    private func expect(_ run: NeighborsRun, equals plain: PlainNeighbors) {
        for row in plain.indices.indices {
            #expect(run.indices(ofRow: row) == plain.indices[row], "row \(row)")
            #expect(run.floats(ofRow: row) == plain.values(ofRow: row), "row \(row)")
        }
    }

    @Test(arguments: NeighborMetric.allCases, [ElementType.float16, .float32])
    func `Neighbours are those of a search in double precision`(metric: NeighborMetric, type: ElementType) throws {
        let data = try SampleData(Self.rows(), type: type)
        let run = try NeighborsRun(.init(k: 12, metric: metric, bandBlocks: 2), on: data.dataset(blockRows: 32))
        expect(run, equals: PlainNeighbors(Self.rows(), metric, k: 12))
        for row in 0..<150 { #expect(!run.indices(ofRow: row).contains(row)) }
        if metric != .innerProduct {
            #expect(run.indices(ofRow: 3).prefix(2) == [77, 149])
            #expect(run.indices(ofRow: 149).prefix(2) == [3, 77])
            #expect(run.indices(ofRow: 40).first == 41)
        }
        if metric == .euclidean { #expect(run.values(ofRow: 77).prefix(2) == [0, 0]) }
    }

    @Test(arguments: NeighborMetric.allCases)
    func `A crowd of equal rows gives the lowest of them, on any fleet`(metric: NeighborMetric) throws {
        let few = SampleData.blobs(rows: 3, columns: 5, centres: 3)
        let crowd = try SampleData(Matrix(rows: 150, columns: 5, values: (0..<50).flatMap { _ in few.values }))
        let settings = Neighbors.Settings(k: 12, metric: metric, bandBlocks: 2)
        try withExtendedLifetime(crowd) {
            let run = try NeighborsRun(settings, on: crowd.dataset(blockRows: 16)) { program, store in
                _ = try SimulatedFleet(program, workers: 3, seed: 2).run(sink: store)
            }
            expect(run, equals: PlainNeighbors(try Matrix(crowd), metric, k: 12))
            #expect(run.values.allSatisfy { $0.sign == .plus || $0 < 0 })
            if metric == .cosine { #expect(run.values.allSatisfy { $0 <= 1 }) }
        }
    }

    @Test(arguments: [1, 2, 3, 100])
    func `The size of a band is no part of the result`(bandBlocks: Int) throws {
        let data = try SampleData(Self.rows())
        let expected = try NeighborsRun(.init(k: 9), on: data.dataset(blockRows: 150))
        #expect(try NeighborsRun(.init(k: 9, bandBlocks: bandBlocks), on: data.dataset(blockRows: 16)) == expected)
    }

    @Test(arguments: NeighborMetric.allCases, [1, 2, 3, 4])
    func `A fleet that loses work and repeats it finds the same bits`(metric: NeighborMetric, seed: Int) throws {
        let data = try SampleData(Self.rows())
        let settings = Neighbors.Settings(k: 10, metric: metric, bandBlocks: seed)
        let expected = try NeighborsRun(settings, on: data.dataset(blockRows: 16))
        let run = try NeighborsRun(settings, on: data.dataset(blockRows: 16)) { program, store in
            _ = try SimulatedFleet(program, workers: seed + 1, seed: UInt64(seed)).run(sink: store)
        }
        #expect(run == expected)
    }

    @Test func `An answer does not depend on what a worker has done before`() throws {
        let data = try SampleData(Self.rows())
        let dataset = try data.dataset(blockRows: 15)
        let program = try Neighbors(settings: .init(k: 5, bandBlocks: 8), dataset: dataset)
        var model = Neighbors.Model()
        model.survey = try LocalRunner(SurveyProgram(settings: .init(), dataset: dataset)).run().model
        let round = try #require(program.round(after: model))
        let answer = { (blocks: Range<Int>, memory: NeighborsMemory) throws -> Partial in
            var partial = try program.emptyPartial(for: round)
            var mapper = try program.mapper(for: round, memory: memory)
            for block in blocks { try mapper.map(dataset.block(block), into: &partial) }
            try mapper.finish(into: &partial)
            return partial
        }
        let memory = NeighborsMemory()
        _ = try answer(0..<7, memory)
        #expect(try answer(7..<10, memory).arrays() == answer(7..<10, NeighborsMemory()).arrays())
        withExtendedLifetime(data) {}
    }

    @Test func `The first band is half of the others, and together they are all blocks`() throws {
        let data = try SampleData(Self.rows())
        let program = try Neighbors(settings: .init(k: 3, bandBlocks: 8), dataset: try data.dataset(blockRows: 7))
        let bands = (0..<program.bandCount).map(program.blocks(ofBand:))
        #expect(bands == [0..<4, 4..<12, 12..<20, 20..<22])
        #expect(program.pairs(beforeBand: program.bandCount) == 22 * 23 / 2)
    }

    @Test func `A row may be its own neighbour where that is asked for`() throws {
        let data = try SampleData(Self.rows())
        let run = try NeighborsRun(.init(k: 4, includesSelf: true), on: data.dataset(blockRows: 64))
        expect(run, equals: PlainNeighbors(Self.rows(), .cosine, k: 4, includesSelf: true))
        for row in 0..<150 where ![77, 149, 41].contains(row) { #expect(run.indices(ofRow: row)[0] == row) }
        #expect(run.indices(ofRow: 149).prefix(3) == [3, 77, 149])
    }

    @Test func `There are as many neighbours as other rows, and no more`() throws {
        let data = try SampleData(Self.rows(20))
        let dataset = try data.dataset(blockRows: 8)
        let run = try NeighborsRun(.init(k: 19, bandBlocks: 1), on: dataset)
        for row in 0..<20 { #expect(Set(run.indices(ofRow: row)) == Set(0..<20).subtracting([row])) }
        #expect(try NeighborsRun(.init(k: 20, includesSelf: true), on: dataset).indices.count == 400)
        for settings in [Neighbors.Settings(k: 20), .init(k: 21, includesSelf: true)] {
            let error = #expect(throws: ClusteringError.self) { try Neighbors(settings: settings, dataset: dataset) }
            #expect(error?.code == .badData)
            #expect(error?.message.contains("ask for at most \(settings.k - 1)") == true)
        }
        let one = try SampleData(Self.rows(1)).dataset()
        #expect(throws: ClusteringError.self) { try Neighbors(settings: .init(k: 1), dataset: one) }
        #expect(throws: ClusteringError.self) { try Neighbors(settings: .init(k: 0), dataset: dataset) }
    }

    @Test func `A row without a direction has no neighbours under cosine alone`() throws {
        var matrix = Self.rows(40)
        for column in 0..<matrix.columns { matrix[21, column] = 0 }
        let data = try SampleData(matrix)
        let error = #expect(throws: ClusteringError.self) {
            try NeighborsRun(.init(k: 3), on: data.dataset(blockRows: 16))
        }
        #expect(error?.code == .badData && error?.message.contains("row 21") == true)
        for metric in [NeighborMetric.euclidean, .innerProduct] {
            let run = try NeighborsRun(.init(k: 3, metric: metric), on: data.dataset(blockRows: 16))
            expect(run, equals: PlainNeighbors(matrix, metric, k: 3))
        }
    }

    @Test(arguments: NeighborMetric.allCases)
    func `Rows of another file find their neighbours`(metric: NeighborMetric) throws {
        let data = try SampleData(Self.rows())
        let others = SampleData.blobs(rows: 45, columns: 7, centres: 9, seed: 3)
        let queries = try SampleData(others)
        try withExtendedLifetime(queries) {
            let description = try queries.dataset(blockRows: 16).description
            let settings = Neighbors.Settings(k: 150, metric: metric, queries: description, bandBlocks: 2)
            let run = try NeighborsRun(settings, on: data.dataset(blockRows: 16))
            expect(run, equals: PlainNeighbors(Self.rows(), metric, k: 150, queries: others))
            let other = try NeighborsRun(settings, on: data.dataset(blockRows: 16)) { program, store in
                _ = try SimulatedFleet(program, workers: 3, seed: 5).run(sink: store)
            }
            #expect(run == other)
        }
    }

    @Test func `Queries that cannot be used are refused by their file's name`() throws {
        let data = try SampleData(Self.rows(40))
        var matrix = Self.rows(10)
        for column in 0..<matrix.columns { matrix[6, column] = 0 }
        let zero = try SampleData(matrix)
        let error = #expect(throws: ClusteringError.self) {
            try NeighborsRun(.init(k: 3, queries: try zero.dataset().description), on: data.dataset())
        }
        #expect(error?.message.contains("\(zero.path) row 6") == true)
        let wide = try SampleData(Self.rows(10, columns: 8))
        #expect(throws: ClusteringError.self) {
            try Neighbors(settings: .init(k: 3, queries: try wide.dataset().description), dataset: data.dataset())
        }
    }

    @Test func `Progress counts pairs of blocks, each once`() throws {
        let data = try SampleData(Self.rows())
        let program = try Neighbors(settings: .init(k: 3, bandBlocks: 3), dataset: try data.dataset(blockRows: 16))
        #expect(program.dataset.blockCount == 10)
        #expect(program.pairs(beforeBand: program.bandCount) == 55)
        #expect((0...4).map { program.pairs(beforeBand: $0) } == [0, 10, 34, 49, 55])
    }
}

extension Matrix {
    /// The rows of a file of float32.
    fileprivate init(_ data: SampleData) throws {
        let dataset = try data.dataset()
        self.init(rows: dataset.rows, columns: dataset.columns, values: dataset.read(rows: 0..<dataset.rows))
    }
}
