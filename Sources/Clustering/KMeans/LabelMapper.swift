import Shards
import Tensors

extension KMeans {
    /// The round `label`: every row's label, and what is told of each cluster.
    struct LabelMapper: Mapper {
        static let kind = "label"
        /// Rows that are named of each cluster.
        static let nearestRows = 10

        private let program: KMeans
        private let rule: SumRule
        private let memory: KMeansMemory
        private let metric: Metric
        private let deliversLabels: Bool
        private var tiles: RowTiles
        private var assigner: BlockAssigner
        private let earlier: HeadFrames.Earlier?

        init(_ program: KMeans, _ round: Round, _ memory: KMeansMemory) throws {
            self.program = program
            self.memory = memory
            metric = program.settings.metric
            deliversLabels = program.settings.deliversLabels
            tiles = RowTiles(of: program.dataset, metric: metric)
            let centroids = try round.parameter(KMeans.centroidsName)
            rule = try Bounds(round).closenessRule(metric, centroids: centroids.array.matrix(), terms: program.terms)
            earlier = memory.frames.earlier(than: centroids.version, try centroids.array.matrix())
            assigner = try BlockAssigner(centroids, columns: program.dataset.columns, metric: metric) {
                memory.frames.frame(for: $0, version: centroids.version)
            }
        }

        static func emptyPartial(for round: Round, of program: KMeans) throws -> Partial {
            let metric = program.settings.metric
            let centroids = try round.parameter(KMeans.centroidsName).array.matrix()
            let clusters = centroids.rows
            let rule = try program.sumRule(
                Bounds(round).closenessRule(metric, centroids: centroids, terms: program.terms)
            )
            let order: BestLists.Order = metric == .cosine ? .descending : .ascending
            return Partial([
                ("labels", .rows(RowPieces())),
                ("objective", .total(ExactTotal())),
                ("closeness", .sums(FixedPointSums(rows: clusters, columns: program.sumColumns(1), rule: rule))),
                ("nearest", .best(BestLists(groups: clusters, capacity: nearestRows, order: order))),
                ("sizes", .counts([Int64](repeating: 0, count: clusters))),
            ])
        }

        var certification: Certification { assigner.certification }

        mutating func map(_ block: Block, into partial: inout Partial) throws {
            var remembered = memory.take(block.number)
            let rows = assigner.assigned(block, of: &tiles, memory: &remembered, after: earlier)
            let scores = scores(of: rows, block, &remembered.exactFactors)
            let closeness = metric == .cosine ? scores : scores.map { $0.squareRoot() }
            memory.keep(remembered, of: block.number)
            if deliversLabels {
                partial.withRows(0) { $0.insert(.init(firstRow: block.rows.lowerBound, values: .int32(rows.labels))) }
            }
            let weights = program.weights(of: block.rows)
            partial.withTotal(1) { $0.add(scores, weights: weights) }
            var column = ExactRows(columns: 1, isWide: true)
            column.fillWide(closeness.count) { target in
                for index in closeness.indices { target[index] = closeness[index] }
            }
            let rule = rule
            partial.withSums(2) { $0.add(column, weights: weights, labels: rows.labels, roundedBy: rule) }
            partial.withCounts(4) { sizes in
                for label in rows.labels { sizes[Int(label)] += 1 }
            }
            partial.withBest(3) { lists in
                for (index, label) in rows.labels.enumerated() where weights?[index] != 0 {
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
