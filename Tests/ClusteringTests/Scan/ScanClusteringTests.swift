import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct ScanClusteringTests {
    private static let clusters = 3
    private let data: SampleData
    private let dataset: Dataset

    init() throws {
        data = try SampleData(SampleData.blobs(rows: 200, columns: 5, centres: Self.clusters))
        dataset = try data.dataset(blockRows: 50)
    }

    /// Rows of the same centre, which `blobs` deals in turn.
    private var table: NeighborTable {
        NeighborTable((0..<200).flatMap { row in (1...4).map { Int32((row + Self.clusters * $0) % 198) } }, count: 4)
    }

    private func settings(
        entropyWeight: Double = 5,
        rate: Float = 0.05,
        epochs: Int = 8,
        neighbors: Int? = nil,
        selfLabel: ScanClustering.SelfLabelling? = nil
    ) -> ScanClustering.Settings {
        ScanClustering.Settings(
            images: nil,
            neighbors: neighbors,
            objective: SCANObjective(
                columns: 5,
                clusters: Self.clusters,
                heads: 2,
                hidden: 6,
                entropyWeight: entropyWeight
            ),
            optimiser: .adam(rate: rate, beta1: 0.9, beta2: 0.999),
            epochs: epochs,
            batchSize: 64,
            selfLabel: selfLabel,
            views: nil,
            writesProbabilities: false,
            seed: 3
        )
    }

    private func program(_ settings: ScanClustering.Settings) throws -> ScanClustering {
        try ScanClustering(settings: settings, dataset: dataset, images: nil, neighbors: .given(table))
    }

    private var selfLabel: ScanClustering.SelfLabelling {
        ScanClustering.SelfLabelling(
            objective: SelfLabelObjective(columns: 5, clusters: Self.clusters, hidden: 6, threshold: 0.5),
            optimiser: .adam(rate: 1e-3, beta1: 0.9, beta2: 0.999),
            epochs: 2,
            averaging: 0.9
        )
    }

    @Test func `rows of one centre get one label, and the same bits on any fleet`() throws {
        let program = try program(settings(selfLabel: selfLabel))
        let rows = CollectedRows()
        let (model, isFinished) = try LocalRunner(program, sink: rows).run()
        #expect(isFinished && rows.labels.count == 200)
        let table = try ContingencyTable(
            labels: rows.labels.map { Int64($0) },
            truth: (0..<200).map { Int64($0 % Self.clusters) }
        )
        #expect(ClusteringMetrics(table).accuracy > 0.9)
        #expect(model.attemptsNeeded == 0 && model.chosen?.head.judgement.isCollapsed == false)
        let again = CollectedRows()
        let found = try SimulatedFleet(program, workers: 3, seed: 6).run(sink: again)
        #expect(found.head == model.head && again.labels == rows.labels)
        let coded = try program.decode(program.encode(model))
        #expect(coded.head == model.head && program.round(after: coded) == nil)
    }

    @Test func `heads that collapse are seen without labels, and others are trained more slowly`() throws {
        // Without the entropy nothing keeps all rows from one cluster.
        let program = try program(settings(entropyWeight: 0))
        let (model, _) = try LocalRunner(program, sink: CollectedRows()).run()
        #expect(model.attempts.allSatisfy { $0?.history.isEmpty == false })
        #expect(model.chosen?.head.judgement.isCollapsed == true)
        let rates = try (0..<ScanClustering.mostAttempts).map { number -> Float in
            let site = ScanSite(settings: settings(), dataset: dataset, images: nil, neighbors: nil)
            guard case .adam(let rate, _, _, _) = try site.training(attempt: number).settings.optimiser else {
                return 0
            }
            return rate
        }
        #expect(zip(rates, [0.05, 0.005, 0.0005]).allSatisfy { abs($0 / $1 - 1) < 1e-4 })
    }

    @Test func `neighbours that are found are kept aside, and given ones are held to the rows`() throws {
        let place = NeighborFolder()
        let folder = try place.open()
        let mine = FoundNeighbors(in: folder)
        let program = try ScanClustering(
            settings: settings(epochs: 1, neighbors: 4),
            dataset: dataset,
            images: nil,
            neighbors: .found(mine)
        )
        let (model, _) = try LocalRunner(program, sink: Delivery(mine)).run()
        let found = try mine.source(.scan, rows: 200)
        let wanted = try NeighborsRun(.init(k: 4), on: dataset)
        #expect(
            (0..<200).allSatisfy { row in
                (0..<4).allSatisfy { found.neighbor($0, ofRow: row) == wanted.indices(ofRow: row)[$0] }
            }
        )
        let file = folder.path(for: FoundNeighbors.Space.scan.file)
        let given = try ScanClustering(
            settings: settings(epochs: 1),
            dataset: dataset,
            images: nil,
            neighbors: .given(try NeighborFile(given: file, rows: 200))
        )
        #expect(try LocalRunner(given, sink: CollectedRows()).run().model.head == model.head)
        #expect(throws: ClusteringError.self) { try NeighborFile(given: file, rows: 100) }
        let wideFile = "\(place.path)/wide.npy"
        var wide = (0..<200).flatMap { row in (0..<4).map { Int64(found.neighbor($0, ofRow: row)) } }
        try NumpyWriter.write(wide, rows: 200, columns: 4, to: wideFile)
        #expect(try NeighborFile(given: wideFile, rows: 200).neighbor(3, ofRow: 199) == found.neighbor(3, ofRow: 199))
        wide[603] = 200
        try NumpyWriter.write(wide, rows: 200, columns: 4, to: wideFile)
        let error = #expect(throws: ClusteringError.self) { try NeighborFile(given: wideFile, rows: 200) }
        #expect(error?.message.contains("at row 150") == true)
        try FoundNeighbors.remove(from: folder)
        #expect(throws: ShardError.self) { try FoundNeighbors(in: folder).source(.scan, rows: 200) }
    }

    /// Puts lists where a scan keeps them.
    private final class Delivery: RowSink {
        private let neighbors: FoundNeighbors

        init(_ neighbors: FoundNeighbors) { self.neighbors = neighbors }

        func write(_ values: NamedArray.Values, field: String, firstRow: Int) throws {
            _ = try neighbors.writeLists(values, field: field, firstRow: firstRow)
        }

        func merge(_ lists: NeighborLists, field: String, firstRow: Int) throws {
            try neighbors.merge(lists, field: field, firstRow: firstRow)
        }
    }
}
