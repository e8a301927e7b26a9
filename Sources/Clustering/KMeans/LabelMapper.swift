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
            let measured = measure(rows, of: block, &remembered.factors)
            memory.keep(remembered, of: block.number)
            if deliversLabels {
                partial.withRows(0) { $0.insert(.init(firstRow: block.rows.lowerBound, values: .int32(rows.labels))) }
            }
            partial.withTotal(1) { $0.add(contentsOf: measured.objective.span) }
            partial.withSums(2) { $0.add(tile: measured.closeness.span, labels: rows.labels.span) }
            partial.withBest(3) { lists in
                for (index, label) in rows.labels.enumerated() {
                    let score = Double(measured.closeness[index])
                    lists.offer(score: score, index: block.rows.lowerBound + index, to: Int(label))
                }
            }
        }

        /// What each row adds to the objective, and how close it is to its centroid: similarity or distance.
        private mutating func measure(
            _ rows: AssignedRows,
            of block: Block,
            _ factors: inout [Float]
        ) -> (objective: [Double], closeness: [Float]) {
            if metric == .cosine {
                return (rows.scores.map { Double(-$0) }, rows.scores.map { -$0 })
            }
            var squares: [Double] = []
            let assigner = assigner
            tiles.forEachTile(of: block, factors: &factors) { tile, values in
                squares += assigner.squaredDistances(values, Array(rows.labels[tile]))
            }
            return (squares, squares.map { Float($0.squareRoot()) })
        }
    }
}
