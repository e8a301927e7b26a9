import Shards
import Tensors

extension KMeans {
    /// The round `label`: every row's label, and what is told of each cluster.
    struct LabelMapper: Mapper {
        static let kind = "label"
        /// Rows that are named of each cluster.
        static let nearestRows = 10

        private let memory: KMeansMemory
        private let metric: Metric
        private let deliversLabels: Bool
        private var tiles: RowTiles
        private var assigner: BlockAssigner

        init(_ program: KMeans, _ round: Round, _ memory: KMeansMemory) throws {
            self.memory = memory
            metric = program.settings.metric
            deliversLabels = program.settings.deliversLabels
            tiles = RowTiles(of: program.dataset, metric: metric)
            assigner = try BlockAssigner(
                round.parameter(KMeans.centroidsName),
                columns: program.dataset.columns,
                metric: metric
            )
        }

        static func emptyPartial(for round: Round, of program: KMeans) throws -> Partial {
            let metric = program.settings.metric
            let centroids = try round.parameter(KMeans.centroidsName).array.matrix()
            let clusters = centroids.rows
            let rule = try Bounds(round).closenessRule(metric, centroids: centroids, terms: program.dataset.rows)
            let order: BestLists.Order = metric == .cosine ? .descending : .ascending
            return Partial([
                ("labels", .rows(RowPieces())),
                ("objective", .total(ExactTotal())),
                ("closeness", .sums(FixedPointSums(rows: clusters, columns: 1, rule: rule))),
                ("nearest", .best(BestLists(groups: clusters, capacity: nearestRows, order: order))),
            ])
        }

        mutating func map(_ block: Block, into partial: inout Partial) throws {
            var remembered = memory.take(block.number)
            let rows = assigner.assigned(block, of: &tiles, memory: &remembered)
            let scores = scores(of: rows, block, &remembered.exactFactors)
            let closeness = metric == .cosine ? scores : scores.map { $0.squareRoot() }
            memory.keep(remembered, of: block.number)
            if deliversLabels {
                partial.withRows(0) { $0.insert(.init(firstRow: block.rows.lowerBound, values: .int32(rows.labels))) }
            }
            partial.withTotal(1) { $0.add(contentsOf: scores.span) }
            partial.withSums(2) { $0.add(tile: closeness.span, labels: rows.labels.span) }
            partial.withBest(3) { lists in
                for (index, label) in rows.labels.enumerated() {
                    lists.offer(score: closeness[index], index: block.rows.lowerBound + index, to: Int(label))
                }
            }
        }

        /// What each row adds to the objective: its similarity or squared distance to its centroid.
        private mutating func scores(of rows: AssignedRows, _ block: Block, _ factors: inout [Double]) -> [Double] {
            var scores: [Double] = []
            let assigner = assigner
            tiles.forEachExactTile(of: block, factors: &factors) { tile, values in
                scores += assigner.scores(values, Array(rows.labels[tile]))
            }
            return scores
        }
    }
}
