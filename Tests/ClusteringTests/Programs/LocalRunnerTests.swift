import Shards
import Synchronization
import Tensors
import Testing

@testable import Clustering

@Suite struct LocalRunnerTests {
    private struct Stop: Error {}

    private let data: SampleData

    init() throws {
        data = try SampleData(SampleData.blobs(rows: 500, columns: 6, centres: 5, spread: 1))
    }

    private func kMeans() throws -> KMeans {
        try KMeans(
            settings: KMeans.Settings(clusters: 7, initialisation: .plusPlus, seed: 4),
            dataset: try data.dataset(blockRows: 16)
        )
    }

    @Test(arguments: [2, 3, 5, 64])
    func `Any number of threads ends with the bits of one`(threads: Int) throws {
        let settings = try kMeans().settings
        let dataset = try data.dataset(blockRows: 16)
        let alone = try KMeansRun(settings, on: dataset)
        let shared = try KMeansRun(settings, on: dataset, threads: threads)
        #expect(shared.outcome == alone.outcome && shared.labels == alone.labels && shared.labels.count == 500)

        let search = Neighbors.Settings(k: 9, metric: .cosine)
        let lists = try NeighborsRun(search, on: dataset) { program, store in
            _ = try LocalRunner(program, sink: store, threads: threads).run()
        }
        #expect(lists == (try NeighborsRun(search, on: dataset)))
    }

    @Test(arguments: [2, 3, 5])
    func `Heads have the same bits for any number of threads`(threads: Int) throws {
        let sample = try SmallTraining()
        let program = try sample.training(sample.tac(), batchSize: 400, epochs: 3)
        let alone = try LocalRunner(program).run().model
        let shared = try LocalRunner(program, threads: threads).run().model
        #expect(shared.heads == alone.heads && shared.history == alone.history && alone.isFinished)
    }

    @Test(arguments: [1, 3])
    func `Progress grows to all blocks before the program goes on`(threads: Int) throws {
        var told: [Int] = []
        let runner = LocalRunner(try kMeans(), threads: threads) { finished, blocks in
            #expect(blocks == 32 && finished > told.last ?? 0)
            told.append(finished)
        }
        _ = try runner.run { _ in
            #expect(told.last == 32)
            told = []
            return true
        }
    }

    @Test(arguments: [1, 3])
    func `What progress throws ends the run`(threads: Int) throws {
        let runner = LocalRunner(try kMeans(), threads: threads) { finished, _ in
            if finished >= 5 { throw Stop() }
        }
        #expect(throws: Stop.self) { try runner.run { _ in false } }
    }
}
