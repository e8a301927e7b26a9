import Foundation
import Shards
import Tensors
import Testing

@testable import Clustering

/// Searches that are interrupted, and what is on the disk of them.
@Suite struct NeighborStoreTests {
    private let data: SampleData
    private let expected: NeighborsRun

    init() throws {
        data = try SampleData(SampleData.blobs(rows: 130, columns: 6, centres: 7))
        expected = try NeighborsRun(.init(k: 8, metric: .euclidean), on: data.dataset(blockRows: 16))
    }

    private func settings() -> Neighbors.Settings { .init(k: 8, metric: .euclidean, bandBlocks: 2) }

    /// Runs some rounds and dies.
    /// - Returns: the model's bytes, as a journal would hold them.
    private func runRounds(_ count: UInt64, in folder: NeighborFolder) throws -> [UInt8] {
        var program = try Neighbors(settings: settings(), dataset: data.dataset(blockRows: 16))
        let store = try NeighborStore(for: program, in: try folder.open())
        program.store = store
        let (model, _) = try LocalRunner(program, sink: store).run { $0.number < count }
        return program.encode(model)
    }

    private func resume(_ model: [UInt8], after rounds: UInt64, in folder: NeighborFolder) throws -> NeighborsRun {
        try NeighborsRun(settings(), on: data.dataset(blockRows: 16), in: folder) { program, store in
            let start = RoundMark(number: rounds, model: try program.decode(model))
            let (model, finished) = try LocalRunner(program, sink: store).run(from: start)
            #expect(finished && model.finishedBands == 5)
        }
    }

    /// After the survey and five bands, each in two rounds, of which the last leaves no lists of later rows.
    @Test(arguments: Array(1...11) as [UInt64])
    func `A search goes on after any round with the bits it would have had`(rounds: UInt64) throws {
        let folder = NeighborFolder()
        let model = try runRounds(rounds, in: folder)
        #expect(folder.spills.count == Int(rounds) - (rounds < 10 ? 1 : 2))
        #expect(try resume(model, after: rounds, in: folder) == expected)
    }

    @Test func `Spills that the model does not name are no part of what goes on`() throws {
        let folder = NeighborFolder()
        let model = try runRounds(2, in: folder)
        // A later round whose model was never saved.
        _ = try runRounds(4, in: folder)
        #expect(folder.spills.count == 3)
        #expect(try resume(model, after: 2, in: folder) == expected)
    }

    @Test func `A damaged spill is refused, and so is a missing one`() throws {
        let folder = NeighborFolder()
        let model = try runRounds(4, in: folder)
        let spill = URL(fileURLWithPath: "\(folder.path)/\(folder.spills[1])")
        var bytes = try Data(contentsOf: spill)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: spill)
        let error = #expect(throws: ShardError.self) { try resume(model, after: 4, in: folder) }
        #expect(error?.message.contains("partial results damaged: \(spill.path)") == true)
        try FileManager.default.removeItem(at: spill)
        #expect(throws: ShardError.self) { try resume(model, after: 4, in: folder) }
    }

    @Test func `What is spilled is what the formulas say`() throws {
        let rows = SampleData.blobs(rows: 1200, columns: 4, centres: 1200)
        let data = try SampleData(rows)
        var program = try Neighbors(settings: .init(k: 6), dataset: data.dataset(blockRows: 50))
        let folder = NeighborFolder()
        let store = try NeighborStore(for: program, in: try folder.open())
        program.store = store
        let model = try withExtendedLifetime(data) {
            try SimulatedFleet(program, workers: 2, seed: 1).run(sink: store)
        }
        let cost = NeighborsCost(of: program, workers: 2, threads: 1)
        let spilled = model.spills.reduce(0) { $0 + $1.byteCount }
        #expect(abs(Double(spilled) / Double(cost.spilled) - 1) < 0.1, "\(spilled) of \(cost.spilled)")
    }

    @Test func `Settled lists that do not fit are refused`() throws {
        let program = try Neighbors(settings: settings(), dataset: data.dataset(blockRows: 16))
        let folder = NeighborFolder()
        let store = try NeighborStore(for: program, in: try folder.open())
        let good = [Int32](repeating: 129, count: 16)
        try store.write(.int32(good), field: "neighbors", firstRow: 128)
        #expect(throws: ClusteringError.self) { try store.checkLists(settled: 128..<130) }
        let refused: [(NamedArray.Values, String, Int)] = [
            (.int32(good), "neighbors", 129), (.int32(good), "neighbors", -1), (.int32(good), "values", 0),
            (.int32(Array(good.dropLast())), "neighbors", 0), (.float32([1]), "values", 0),
            (.int32([Int32](repeating: 130, count: 8)), "neighbors", 0),
            (.int32([Int32](repeating: -1, count: 8)), "neighbors", 0),
            (.float32([Float](repeating: .nan, count: 8)), "values", 0), (.int64([1]), "neighbors", 0),
        ]
        for (values, field, row) in refused {
            #expect(throws: ClusteringError.self) { try store.write(values, field: field, firstRow: row) }
        }
        withExtendedLifetime(data) {}
    }

    @Test func `Leases are counted as the coordinator cuts them while workers take turns`() {
        #expect(NeighborsCost.leases(of: 19, workers: 2) == [5, 4, 3, 2, 1, 1, 1, 1, 1])
        #expect(NeighborsCost.leases(of: 19, workers: 2, goesFromLast: true) == [5, 4, 3, 2, 2, 1, 1, 1])
        #expect(NeighborsCost.leases(of: 7, workers: 1, largest: 2) == [2, 2, 2, 1])
        #expect(NeighborsCost.leases(of: 2, workers: 5) == [1, 1])
        #expect(NeighborsCost.leases(of: 500, workers: 3).reduce(0, +) == 500)
    }
}
