import Shards
import Tensors

/// Makes the programs of a scan's stages, at the coordinator and at workers.
struct ScanSite: Sendable {
    let settings: ScanClustering.Settings
    /// The rows to label.
    let dataset: Dataset
    private let openImages: Dataset?
    private let neighbors: ScanNeighbors?

    init(
        settings: ScanClustering.Settings,
        dataset: Dataset,
        images: Dataset?,
        neighbors: ScanNeighbors?
    ) {
        self.settings = settings
        self.dataset = dataset
        openImages = images
        self.neighbors = neighbors
    }

    /// The rows that heads learn from.
    var images: Dataset {
        get throws { try openImages ?? settings.images.map { try Dataset(description: $0) } ?? dataset }
    }

    /// - Throws: `.internalError` where there are no views.
    func view(_ path: KeyPath<ScanClustering.Views, DatasetDescription>) throws -> Dataset {
        guard let views = settings.views else {
            throw ClusteringError(.internalError, "views that nobody gave; report this")
        }
        return try Dataset(description: views[keyPath: path])
    }

    func search() throws -> Neighbors {
        var program = try Neighbors(settings: .init(k: settings.searched ?? 1), dataset: try images)
        program.store = try neighbors?.store(for: program)
        return program
    }

    func training(attempt: Int) throws -> HeadTraining<SCANObjective> {
        var slowdown: Float = 1
        for _ in 0..<attempt { slowdown *= ScanClustering.slowdown }
        var program = try HeadTraining<SCANObjective>(
            settings: .init(
                objective: settings.objective,
                optimiser: settings.optimiser.slower(by: slowdown),
                epochs: settings.epochs,
                seed: settings.seed
            ),
            dataset: try images
        )
        guard let found = try neighbors?.source(rows: program.dataset.rows) else { return program }
        let source: any NeighborSource = settings.neighbors.map { NearestOf(found, count: $0) } ?? found
        let split = RowSplit(rows: program.dataset.rows, seed: settings.seed)
        program.batches = BatchesAhead(
            DrawnBatches(
                rows: split.learned,
                batchSize: BatchPieces.evenBatchSize(atMost: settings.batchSize, of: split.learned.count),
                dropsLast: false,
                seed: settings.seed,
                neighbors: [source]
            )
        )
        program.validation = HeadValidation(split, source)
        program.initialHeads = program.roles.enumerated().map { number, role in
            Head(
                name: role.name,
                shape: role.shape,
                seed: settings.seed,
                number: attempt * program.roles.count + number
            )
        }
        return program
    }

    func comparison() throws -> SemanticNeighbors {
        guard let views = settings.views, let count = settings.neighbors else {
            throw ClusteringError(.internalError, "views that nobody gave; report this")
        }
        var program = try SemanticNeighbors(
            settings: .init(count: count, strongView: views.strong, weakView: views.weak),
            dataset: try images
        )
        program.candidates = try neighbors?.source(rows: program.dataset.rows)
        return program
    }

    /// By all neighbours of each anchor at once; METHODS §7.3.
    func pairedTraining() throws -> HeadTraining<SCANObjective> {
        var program = try HeadTraining<SCANObjective>(
            settings: .init(
                objective: settings.objective,
                optimiser: settings.optimiser,
                epochs: settings.epochs,
                seed: settings.seed
            ),
            dataset: try images
        )
        guard let source = try neighbors?.semanticSource(rows: program.dataset.rows) else { return program }
        let split = RowSplit(rows: program.dataset.rows, seed: settings.seed)
        program.batches = PairedBatches(
            rows: split.learned,
            batchSize: BatchPieces.evenBatchSize(atMost: settings.batchSize, of: split.learned.count),
            dropsLast: false,
            seed: settings.seed,
            neighbors: source
        )
        program.validation = HeadValidation(split, source)
        return program
    }

    func selfLabelling() throws -> HeadTraining<SelfLabelObjective> {
        guard let stage = settings.selfLabel else {
            throw ClusteringError(.internalError, "self-labelling that nobody asked for; report this")
        }
        var program = try HeadTraining<SelfLabelObjective>(
            settings: .init(
                objective: stage.objective,
                optimiser: stage.optimiser,
                epochs: stage.epochs,
                averaging: stage.averaging,
                seed: settings.seed
            ),
            dataset: try images
        )
        guard let source = try neighbors?.source(rows: program.dataset.rows) else { return program }
        let split = RowSplit(rows: program.dataset.rows, seed: settings.seed)
        program.batches = OwnBatches(
            rows: split.learned,
            batchSize: BatchPieces.evenBatchSize(atMost: settings.batchSize, of: split.learned.count),
            dropsLast: false,
            seed: settings.seed
        )
        program.validation = HeadValidation(split, source)
        return program
    }

    func labelling() throws -> HeadLabelling {
        try HeadLabelling(settings: .init(writesProbabilities: settings.writesProbabilities), dataset: dataset)
    }
}

/// The rows that heads learn from, and those that are held out to choose among them.
package struct RowSplit: Sendable {
    package let learned: [Int]
    /// Ascending; a tenth of the rows, and enough of them.
    package let heldOut: [Int]

    private static let purpose = CounterRandom.Purpose(code: 0x5350_4C54)
    private static let mostHeldOut = 65_536

    static func heldOutCount(of rows: Int) -> Int { max(1, min(rows / 10, mostHeldOut)) }

    /// - Parameter rows: at least 2.
    package init(rows: Int, seed: UInt64) {
        precondition(rows >= 2, "\(rows) rows to split")
        let random = CounterRandom(seed: seed, purpose: Self.purpose, round: 0)
        let keys = (0..<rows).map { row -> (key: Double, row: Int) in
            var draws = random.draws(forRow: UInt64(row))
            return (draws.uniform(), row)
        }
        heldOut = keys.sorted { $0 < $1 }.prefix(Self.heldOutCount(of: rows)).map(\.row).sorted()
        var isHeldOut = [Bool](repeating: false, count: rows)
        for row in heldOut { isHeldOut[row] = true }
        learned = (0..<rows).filter { !isHeldOut[$0] }
    }
}

/// The nearest of the neighbours that are there.
private struct NearestOf: NeighborSource {
    let count: Int
    private let source: any NeighborSource

    init(_ source: any NeighborSource, count: Int) {
        self.source = source
        self.count = min(count, source.count)
    }

    func neighbor(_ rank: Int, ofRow row: Int) -> Int { source.neighbor(rank, ofRow: row) }
}

extension ScanClustering.Settings {
    /// Neighbours to search for, nil where they are given.
    package var searched: Int? {
        neighbors.map { views == nil ? $0 : SemanticNeighbors.candidatesPerNeighbor * $0 }
    }
}

extension HeadValidation {
    /// Nearest rows beside each row held out, besides itself; METHODS §5.2.
    private static let neighbors = 5

    init(_ split: RowSplit, _ source: any NeighborSource) {
        self.init(
            anchors: split.heldOut,
            beside: [split.heldOut]
                + (0..<min(Self.neighbors, source.count)).map { rank in
                    split.heldOut.map { source.neighbor(rank, ofRow: $0) }
                }
        )
    }
}
