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
            let bounds = try Bounds(round)
            let clusters = try round.parameter(KMeans.centroidsName).array.matrix().rows
            let terms = program.dataset.rows
            let order: BestLists.Order = program.settings.metric == .cosine ? .descending : .ascending
            return Partial([
                ("labels", .rows(RowPieces())),
                ("objective", .total(ExactTotal(try FixedPoint(bound: bounds.objective, terms: terms)))),
                (
                    "closeness",
                    .sums(
                        FixedPointSums(
                            rows: clusters,
                            columns: 1,
                            fixedPoint: try FixedPoint(bound: bounds.closeness, terms: terms)
                        )
                    )
                ),
                ("nearest", .best(BestLists(groups: clusters, capacity: nearestRows, order: order))),
            ])
        }

        mutating func map(_ block: Block, into partial: inout Partial) throws {
            var remembered = memory.take(block.number)
            let rows = assigner.assigned(block, of: &tiles, memory: &remembered)
            let scores = scores(of: rows, block, &remembered.exactFactors)
            let closeness = scores.map { metric == .cosine ? $0 : $0.squareRoot() }
            memory.keep(remembered, of: block.number)
            if deliversLabels {
                partial.withRows(0) { $0.insert(.init(firstRow: block.rows.lowerBound, values: .int32(rows.labels))) }
            }
            for score in scores { partial.add(score, toTotal: 1) }
            let rounded = closeness.map { Float($0) }
            partial.withSums(2) { $0.add(tile: rounded.span, labels: rows.labels.span) }
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
