import Shards
import Tensors

extension KMeans {
    /// The round `farthest`: the rows farthest from their own centroids, to start clusters that have no rows.
    struct FarthestMapper: Mapper {
        static let kind = "farthest"

        private let program: KMeans
        private let memory: KMeansMemory
        private let metric: Metric
        private var tiles: RowTiles
        private var assigner: BlockAssigner

        init(_ program: KMeans, _ round: Round, _ memory: KMeansMemory) throws {
            self.program = program
            self.memory = memory
            metric = program.settings.metric
            tiles = RowTiles(of: program.dataset, metric: metric)
            assigner = try BlockAssigner(
                round.parameter(KMeans.centroidsName),
                columns: program.dataset.columns,
                metric: metric
            )
        }

        static func emptyPartial(for round: Round) throws -> Partial {
            let wanted = try round.parameter(KMeans.wantedName).array.integers(count: 1)[0]
            return Partial([
                ("farthest", .best(BestLists(groups: 1, capacity: max(Int(wanted), 1), order: .descending)))
            ])
        }

        var certification: Certification { assigner.certification }

        mutating func map(_ block: Block, into partial: inout Partial) throws {
            var remembered = memory.take(block.number)
            let rows = assigner.assigned(block, of: &tiles, memory: &remembered)
            let assigner = assigner
            let metric = metric
            let weights = program.weights(of: block.rows)
            tiles.forEachExactTile(of: block, factors: &remembered.exactFactors) { tile, values in
                let labels = Array(rows.labels[tile])
                let scores = assigner.scores(values, labels)
                let distances = metric == .cosine ? scores.map { 1 - $0 } : scores
                partial.withBest(0) { lists in
                    for (index, distance) in distances.enumerated() where weights?[tile.lowerBound + index] != 0 {
                        let row = block.rows.lowerBound + tile.lowerBound + index
                        let place = LabelledRow(row: row, label: Int(labels[index]))
                        lists.offer(score: distance, index: place.index(of: assigner.centroids.clusters), to: 0)
                    }
                }
            }
            memory.keep(remembered, of: block.number)
        }
    }

    /// A row and its label as one index, ordered by row, since lists hold one index per entry.
    struct LabelledRow {
        let row: Int
        let label: Int

        init(row: Int, label: Int) {
            self.row = row
            self.label = label
        }

        init(index: Int, of clusters: Int) {
            (row, label) = index.quotientAndRemainder(dividingBy: clusters)
        }

        func index(of clusters: Int) -> Int { row * clusters + label }
    }
}
