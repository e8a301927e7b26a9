import Shards
import Tensors

extension KMeans {
    /// The rounds `spread.measure`, `spread.draw` and `spread.weigh`.
    struct SpreadMapper: Mapper {
        private let program: KMeans
        private let memory: KMeansMemory
        private let step: Spread.Step
        private let draw: SeedingDraw
        private let random: CounterRandom
        private let potential: Double
        private let oversampling: Double
        private let generations: [Parameter]
        /// Of each generation, once a block comes that has not been compared with it.
        private var assigners: [BlockAssigner?]
        private var tiles: RowTiles

        init(_ program: KMeans, _ round: Round, _ memory: KMeansMemory) throws {
            self.program = program
            self.memory = memory
            step = try Self.step(of: round)
            draw = try SeedingDraw(round)
            random = program.random(.spread, restart: draw.restart, step: draw.step)
            let numbers = try round.parameter("potential").array.doubles(count: 2)
            (potential, oversampling) = (numbers[0], numbers[1])
            generations = Self.generations(of: round)
            assigners = [BlockAssigner?](repeating: nil, count: generations.count)
            tiles = RowTiles(of: program.dataset, metric: program.settings.metric)
        }

        static func emptyPartial(for round: Round, of program: KMeans) throws -> Partial {
            switch try step(of: round) {
            case .measure:
                return Partial([("potential", .total(ExactTotal()))])
            case .draw: return Partial([("rows", .rows(RowPieces()))])
            case .weigh:
                let count = try generations(of: round).reduce(0) { try $0 + $1.array.matrix().rows }
                guard let weights = program.weights?.description else {
                    return Partial([("weights", .counts([Int64](repeating: 0, count: count)))])
                }
                let rule = try SumRule(
                    bound: weights.greatest,
                    leastBit: weights.leastBit,
                    terms: program.dataset.rows
                )
                return Partial([("weights", .sums(FixedPointSums(rows: count, columns: 1, rule: rule)))])
            }
        }

        private static func step(of round: Round) throws(ClusteringError) -> Spread.Step {
            guard let step = Spread.Step(rawValue: round.kind) else {
                throw ClusteringError(
                    .internalError,
                    "unknown round: \(round.kind); run the same version of coterie everywhere"
                )
            }
            return step
        }

        private static func generations(of round: Round) -> [Parameter] {
            round.parameters.filter { $0.array.name.hasPrefix("candidates.") }
        }

        mutating func map(_ block: Block, into partial: inout Partial) throws {
            var remembered = memory.take(block.number)
            remembered.seeding.resume(
                .spread,
                restart: draw.restart,
                covering: generations.count,
                rows: block.rows.count
            )
            try cover(block, &remembered)
            answer(block, remembered.seeding, program.weights(of: block.rows), &partial)
            memory.keep(remembered, of: block.number)
        }

        private func answer(_ block: Block, _ rows: SeedingRows, _ weights: [Double]?, _ partial: inout Partial) {
            switch step {
            case .measure:
                partial.withTotal(0) { $0.add(rows.squares, weights: weights) }
            case .draw:
                let drawn = block.rows.filter { row in
                    var draws = random.draws(forRow: UInt64(row))
                    let index = row - block.rows.lowerBound
                    return draws.uniform() * potential < oversampling * rows.squares[index] * (weights?[index] ?? 1)
                }
                guard !drawn.isEmpty else { return }
                let values = NamedArray.Values.int64(drawn.map(Int64.init))
                partial.withRows(0) { $0.insert(.init(firstRow: block.rows.lowerBound, values: values)) }
            case .weigh:
                if let weights {
                    partial.withSums(0) { $0.add(tile: weights.span, labels: rows.nearest.span) }
                } else {
                    partial.withCounts(0) { counts in
                        for candidate in rows.nearest { counts[Int(candidate)] += 1 }
                    }
                }
            }
        }

        /// Takes the generations into account that the block's distances do not know of.
        private mutating func cover(_ block: Block, _ remembered: inout BlockMemory) throws {
            var seeding = remembered.seeding
            var rows = ExactRows(columns: tiles.dataset.columns)
            var first = generations[..<seeding.covered].reduce(0) { $0 + $1.array.shape[0] }
            while seeding.covered < generations.count {
                var squares: [Double] = []
                var assigner = try assigner(ofGeneration: seeding.covered)
                var nearest: [Int32] = []
                tiles.forEachTile(of: block, factors: &remembered.factors) { _, values in
                    rows.withLent(values) { rows in
                        let labels = assigner.assign(rows)
                        squares += assigner.scores(rows, labels)
                        nearest += labels
                    }
                }
                for (row, square) in squares.enumerated() where square < seeding.squares[row] {
                    seeding.squares[row] = square
                    seeding.nearest[row] = Int32(first) + nearest[row]
                }
                first += assigner.centroids.clusters
                seeding.covered += 1
            }
            remembered.seeding = seeding
        }

        private mutating func assigner(ofGeneration generation: Int) throws -> BlockAssigner {
            if let known = assigners[generation] { return known }
            // Candidates are compared by distance under either metric.
            let made = try BlockAssigner(
                generations[generation],
                columns: tiles.dataset.columns,
                metric: .euclidean
            )
            assigners[generation] = made
            return made
        }
    }
}
