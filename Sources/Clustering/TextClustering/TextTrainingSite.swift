import Shards
import Tensors

/// Makes the programs of `TextTraining`'s stages, at the coordinator and at workers.
struct TextTrainingSite: Sendable {
    let settings: TextTraining.Settings
    /// The rows to label.
    let dataset: Dataset
    let openImages: Dataset?
    let repeated: [Int]
    let neighbors: FoundNeighbors?

    /// The rows that heads learn from.
    var images: Dataset {
        get throws { try openImages ?? settings.images.map { try Dataset(description: $0) } ?? dataset }
    }

    /// The images' counterparts, once they are written.
    private var text: Dataset {
        get throws { try Dataset(path: settings.text, blockRows: try images.blockRows) }
    }

    func choice() throws -> NounChoice {
        try NounChoice(settings: settings.choice, dataset: try images, repeated: repeated)
    }

    func retrieval() throws -> Retrieval { try Retrieval(settings: settings.retrieval, dataset: try images) }

    func search(_ space: FoundNeighbors.Space) throws -> Neighbors {
        let rows = space == .images ? try images : try text
        var program = try Neighbors(settings: .init(k: settings.neighbors), dataset: rows)
        guard let neighbors else { return program }
        // A run that is killed in the second search goes on with that alone.
        if space == .text { try neighbors.finish(.images) }
        program.store = try neighbors.store(for: space, program)
        return program
    }

    func training(restart: Int) throws -> HeadTraining<TACObjective> {
        let heads = settings.heads
        let images = try images
        let seed = Self.seed(settings.seed, restart)
        var program = try HeadTraining<TACObjective>(
            settings: .init(
                objective: heads.objective,
                optimiser: heads.optimiser,
                epochs: heads.epochs,
                buffers: .closedForm,
                seed: seed,
                otherInputs: [try text.description],
                expectsNeighbors: heads.partners == .expected
            ),
            dataset: images
        )
        guard let neighbors else { return program }
        let sources = [
            try neighbors.source(.images, rows: images.rows), try neighbors.source(.text, rows: images.rows),
        ]
        switch heads.partners {
        case .drawn:
            program.batches = BatchesAhead(
                DrawnBatches(
                    rows: Array(0..<images.rows),
                    batchSize: BatchPieces.evenBatchSize(atMost: heads.batchSize, of: images.rows),
                    dropsLast: false,
                    seed: seed,
                    neighbors: sources
                )
            )
        case .drawnOverAll:
            program.batches = WholeBatches(rows: images.rows, seed: seed, neighbors: sources)
        case .expected:
            program.batches = WholeBatches(rows: images.rows, seed: seed, neighbors: [])
            program.expectedNeighbors = ExpectedNeighbors(sources, rows: images.rows)
        }
        return program
    }

    /// Each restart draws its own heads and batches; the first those of the seed itself.
    private static func seed(_ seed: UInt64, _ restart: Int) -> UInt64 {
        seed &+ UInt64(restart) &* 0x9E37_79B9_7F4A_7C15
    }

    func comparison() throws -> HeadComparison {
        HeadComparison(
            settings: .init(heads: settings.heads.restarts, clusters: settings.heads.objective.clusters),
            dataset: try images
        )
    }

    func labelling() throws -> HeadLabelling {
        try HeadLabelling(settings: .init(writesProbabilities: settings.writesProbabilities), dataset: dataset)
    }
}
