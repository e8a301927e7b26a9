import Shards
import Tensors

extension KMeans {
    /// Greedy k-means++: several rows are drawn at each step by their squared distance to those chosen, and the one is
    /// chosen that leaves the least ΣD².
    ///
    /// A round measures the candidates and, under each of them, already draws those of the next step: as `Race` does, but
    /// keeping the first few of each race, which draws without replacement.
    struct Greedy: Sendable {
        private(set) var chosen: [Int] = []
        /// Rows × columns.
        private(set) var values: [Float] = []
        private(set) var chunks: [Parameter] = []
        /// Rows of the dataset, of which one is chosen next.
        private(set) var candidates: [Int]
        private var candidateRows: Parameter
        private var draw: Parameter
        private let restart: Int
        private let columns: Int

        init(candidates: [Int], _ rows: Matrix, _ model: inout Model) {
            self.candidates = candidates
            restart = model.restart
            columns = rows.columns
            candidateRows = model.newParameter(NamedArray(GreedyMapper.candidates, rows))
            draw = SeedingDraw(restart: restart, step: 0).parameter(&model)
        }

        var parameters: [Parameter] { [draw, candidateRows] + chunks }

        /// Takes a candidate, by its place among them.
        mutating func choose(_ place: Int, _ model: inout Model) throws {
            let centre = try candidateRows.array.matrix().row(place)
            chosen.append(candidates[place])
            values += centre
            let chunk = (chosen.count - 1) / Race.chunkRows
            let first = chunk * Race.chunkRows
            let matrix = Matrix(
                rows: chosen.count - first,
                columns: columns,
                values: Array(values[(first * columns)...])
            )
            chunks = chunks.prefix(chunk) + [model.newParameter(NamedArray("centres.\(chunk)", matrix))]
            draw = SeedingDraw(restart: restart, step: chosen.count).parameter(&model)
        }

        mutating func consider(_ rows: [Int], _ values: Matrix, _ model: inout Model) {
            candidates = rows
            candidateRows = model.newParameter(NamedArray(GreedyMapper.candidates, values))
        }
    }

    /// 2 + ⌊ln K⌋, as in the paper's experiments.
    private var candidateCount: Int { 2 + Int(DeterministicMath.log(Double(settings.clusters))) }

    func choose(from row: Int, _ model: inout Model) {
        model.phase = .choosing(Greedy(candidates: [row], centroids(at: [row]), &model))
    }

    func advance(_ greedy: Greedy, _ model: inout Model, with answer: Partial) throws {
        var greedy = greedy
        let places = greedy.candidates.indices
        let potentials = places.map { answer.total(GreedyMapper.potential($0)) }
        let best = places.min { (potentials[$0], $0) < (potentials[$1], $1) } ?? 0
        let next = answer.best(GreedyMapper.next)[best].map(\.index)
        guard next.allSatisfy({ $0 < dataset.rows }) else {
            throw ClusteringError(.internalError, "answer names no row: greedy; run the same version everywhere")
        }
        try greedy.choose(best, &model)
        guard greedy.chosen.count < settings.clusters else {
            let centroids = Matrix(rows: greedy.chosen.count, columns: dataset.columns, values: greedy.values)
            return iterate(from: centroids, &model)
        }
        if next.isEmpty { noteDistinctRows(greedy.values, &model) }
        let candidates = next.isEmpty ? [lowestRow(notIn: greedy.chosen)] : next
        greedy.consider(candidates, centroids(at: candidates), &model)
        model.phase = .choosing(greedy)
    }

    /// The round `greedy`: what each candidate would leave, and the race of the next step under each.
    struct GreedyMapper: Mapper {
        static let kind = "greedy"
        static let candidates = "candidates"
        static let next = "next"
        static func potential(_ candidate: Int) -> String { "potential.\(candidate)" }

        private let program: KMeans
        private let memory: KMeansMemory
        private let centres: Matrix
        private let candidates: Matrix
        private let draw: SeedingDraw
        private let random: CounterRandom
        private var tiles: RowTiles

        init(_ program: KMeans, _ round: Round, _ memory: KMeansMemory) throws {
            let chunks = try round.parameters.filter { $0.array.name.hasPrefix("centres.") }.map {
                try $0.array.matrix()
            }
            let columns = program.dataset.columns
            self.program = program
            self.memory = memory
            centres = Matrix(
                rows: chunks.reduce(0) { $0 + $1.rows },
                columns: columns,
                values: chunks.flatMap(\.values)
            )
            candidates = try round.parameter(Self.candidates).array.matrix()
            guard candidates.columns == columns else { throw round.missing(Self.candidates) }
            draw = try SeedingDraw(round)
            random = program.random(.greedy, restart: draw.restart, step: draw.step)
            tiles = RowTiles(of: program.dataset, metric: program.settings.metric)
        }

        static func emptyPartial(for round: Round, of program: KMeans) throws -> Partial {
            let count = try round.parameter(candidates).array.matrix().rows
            let lists = BestLists(groups: count, capacity: program.candidateCount, order: .ascending)
            return Partial([(next, .best(lists))] + (0..<count).map { (potential($0), .total(ExactTotal())) })
        }

        mutating func map(_ block: Block, into partial: inout Partial) throws {
            var remembered = memory.take(block.number)
            var seeding = remembered.seeding
            seeding.resume(.greedy, restart: draw.restart, covering: centres.rows, rows: block.rows.count)
            let (centres, candidates, random) = (centres, candidates, random)
            let weights = program.weights(of: block.rows)
            tiles.forEachTile(of: block, factors: &remembered.factors) { tile, values in
                seeding.measure(tile, values, against: centres)
                let rows = tile.map { block.rows.lowerBound + $0 }
                let times = rows.map { row in
                    var draws = random.draws(forRow: UInt64(row))
                    return draws.exponential()
                }
                let weights = weights.map { Array($0[tile]) }
                var squares = [Double](repeating: 0, count: tile.count)
                for candidate in 0..<candidates.rows {
                    var span = squares.mutableSpan
                    candidates.withRow(candidate) { DirectDistances.squaredDistances(values, toRow: $0, into: &span) }
                    for (index, row) in tile.enumerated() { squares[index] = min(squares[index], seeding.squares[row]) }
                    partial.withTotal(1 + candidate) { $0.add(squares, weights: weights) }
                    partial.withBest(0) { lists in
                        for index in rows.indices where squares[index] > 0 && weights?[index] != 0 {
                            let time = times[index] / (squares[index] * (weights?[index] ?? 1))
                            lists.offer(score: time, index: rows[index], to: candidate)
                        }
                    }
                }
            }
            seeding.covered = centres.rows
            remembered.seeding = seeding
            memory.keep(remembered, of: block.number)
        }
    }
}

extension KMeans.Greedy: ModelCoded {
    init(from reader: inout ModelReader) throws {
        chosen = try reader.readNumbers()
        chunks = try reader.read()
        candidates = try reader.readNumbers()
        candidateRows = try reader.read()
        draw = try reader.read()
        restart = try reader.read()
        columns = try reader.read()
        values = try chunks.flatMap { try $0.array.matrix().values }
        let count = chosen.count.multipliedReportingOverflow(by: columns)
        guard !count.overflow, values.count == count.partialValue,
            try candidateRows.array.matrix().rows == candidates.count
        else { throw ClusteringError.modelUnreadable }
    }

    func write(to writer: inout ModelWriter) {
        writer.write(numbers: chosen)
        // The values are those of the chunks, one after the other.
        writer.write(chunks)
        writer.write(numbers: candidates)
        writer.write(candidateRows)
        writer.write(draw)
        writer.write(restart)
        writer.write(columns)
    }
}
