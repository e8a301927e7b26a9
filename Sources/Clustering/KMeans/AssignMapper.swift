import Shards
import Tensors

extension KMeans {
    /// The round `assign`: how the sums of rows by nearest centroid change, the objective, and how many labels have changed.
    ///
    /// Sums are exact, so those of an iteration are the ones before it less the rows that left a cluster, and with those that
    /// came: rows that keep their label need not be added again.
    struct AssignMapper: Mapper {
        static let kind = "assign"

        private let program: KMeans
        private let rule: SumRule
        private let memory: KMeansMemory
        private let metric: Metric
        private var tiles: RowTiles
        private var current: BlockAssigner
        private let previous: Parameter?
        /// Since the previous centroids; nil in the first iteration.
        private let moves: CentroidMoves?
        /// Made when a block comes whose last labels are not in memory.
        private var previousAssigner: BlockAssigner?

        init(_ program: KMeans, _ round: Round, _ memory: KMeansMemory) throws {
            let centroids = round.parameters.filter { $0.array.name == KMeans.centroidsName }
            guard let first = centroids.first else { throw round.missing(KMeans.centroidsName) }
            self.program = program
            rule = try Bounds(round).sumRule(program.settings.metric, terms: program.terms)
            self.memory = memory
            metric = program.settings.metric
            tiles = RowTiles(of: program.dataset, metric: metric)
            current = try BlockAssigner(first, columns: program.dataset.columns, metric: metric) {
                memory.frames.frame(for: $0, version: first.version)
            }
            previous = centroids.dropFirst().first
            moves = try previous.map { try CentroidMoves(from: $0.array.matrix(), to: first.array.matrix()) }
        }

        static func emptyPartial(for round: Round, of program: KMeans) throws -> Partial {
            let centroids = try round.parameter(KMeans.centroidsName).array.matrix()
            let rule = try program.sumRule(Bounds(round).sumRule(program.settings.metric, terms: program.terms))
            let columns = program.sumColumns(centroids.columns)
            return Partial([
                ("sums", .sums(FixedPointSums(rows: centroids.rows, columns: columns, rule: rule))),
                ("objective", .total(ExactTotal())),
                ("moved", .counts([0])),
            ])
        }

        var certification: Certification { current.certification }

        mutating func map(_ block: Block, into partial: inout Partial) throws {
            var remembered = memory.take(block.number)
            let old = try previousRows(of: block, &remembered)
            let (rule, sign) = (rule, metric == .cosine ? -1.0 : 1.0)
            let weights = program.weights(of: block.rows)
            let rows = current.reassign(
                block,
                of: &tiles,
                from: old ?? AssignedRows(version: current.version),
                moves: moves,
                memory: &remembered
            ) { tile, rows, known in
                let before = old.map { Array($0.labels[tile]) }
                let weights = weights.map { Array($0[tile]) }
                partial.withSums(0) {
                    $0.add(rows, weights: weights, labels: known.labels, whichHad: before, roundedBy: rule)
                }
                partial.withTotal(1) { $0.add(known.scores.map { sign * $0 }, weights: weights) }
            }
            // A row without weight moves nothing.
            let moved = rows.labels.indices.count { old?.labels[$0] != rows.labels[$0] && weights?[$0] != 0 }
            partial.withCounts(2) { $0[0] += Int64(moved) }
            remembered.keep(rows)
            memory.keep(remembered, of: block.number)
        }

        /// Nil in the first iteration.
        private mutating func previousRows(of block: Block, _ remembered: inout BlockMemory) throws -> AssignedRows? {
            guard let previous else { return nil }
            if let rows = remembered.assigned(to: previous.version) { return rows }
            var assigner =
                try previousAssigner
                ?? BlockAssigner(previous, columns: tiles.dataset.columns, metric: metric)
            let rows = assigner.assigned(block, of: &tiles, memory: &remembered)
            previousAssigner = assigner
            return rows
        }
    }
}
