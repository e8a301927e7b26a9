import Shards
import Tensors

extension KMeans {
    /// The round `assign`: how the sums of rows by nearest centroid change, the objective, and how many labels have changed.
    ///
    /// Sums are exact, so those of an iteration are the ones before it less the rows that left a cluster, and with those that
    /// came: rows that keep their label need not be added again.
    struct AssignMapper: Mapper {
        static let kind = "assign"

        private let memory: KMeansMemory
        private let metric: Metric
        private var tiles: RowTiles
        private var current: BlockAssigner
        private let previous: Parameter?
        /// Made when a block comes whose last labels are not in memory.
        private var previousAssigner: BlockAssigner?

        init(_ program: KMeans, _ round: Round, _ memory: KMeansMemory) throws {
            let centroids = round.parameters.filter { $0.array.name == KMeans.centroidsName }
            guard let first = centroids.first else { throw round.missing(KMeans.centroidsName) }
            self.memory = memory
            metric = program.settings.metric
            tiles = RowTiles(of: program.dataset, metric: metric)
            current = try BlockAssigner(first, columns: program.dataset.columns, metric: metric)
            previous = centroids.dropFirst().first
        }

        static func emptyPartial(for round: Round, of program: KMeans) throws -> Partial {
            let centroids = try round.parameter(KMeans.centroidsName).array.matrix()
            let rule = try Bounds(round).sumRule(program.settings.metric, terms: program.dataset.rows)
            return Partial([
                ("sums", .sums(FixedPointSums(rows: centroids.rows, columns: centroids.columns, rule: rule))),
                ("objective", .total(ExactTotal())),
                ("moved", .counts([0])),
            ])
        }

        mutating func map(_ block: Block, into partial: inout Partial) throws {
            var remembered = memory.take(block.number)
            let old = try previousLabels(of: block, &remembered)
            let assigner = current
            let rows = current.assign(block, of: &tiles, factors: &remembered.exactFactors) { tile, rows, labels in
                let before = old.map { Array($0[tile]) }
                partial.withSums(0) { $0.add(rows, labels: labels, whichHad: before) }
                let scores = assigner.scores(rows, labels)
                partial.withTotal(1) { $0.add(contentsOf: scores.span) }
            }
            let moved = old.map { zip($0, rows.labels).count { $0 != $1 } } ?? block.rows.count
            partial.withCounts(2) { $0[0] += Int64(moved) }
            remembered.keep(rows)
            memory.keep(remembered, of: block.number)
        }

        /// Nil in the first iteration.
        private mutating func previousLabels(of block: Block, _ remembered: inout BlockMemory) throws -> [Int32]? {
            guard let previous else { return nil }
            if let rows = remembered.assigned(to: previous.version) { return rows.labels }
            var assigner =
                try previousAssigner
                ?? BlockAssigner(previous, columns: tiles.dataset.columns, metric: metric)
            let rows = assigner.assigned(block, of: &tiles, memory: &remembered)
            previousAssigner = assigner
            return rows.labels
        }
    }
}
