import Shards
import Tensors

extension KMeans {
    /// k-means++: rows chosen one at a time, each by the squared distance to those chosen before.
    ///
    /// Each row runs for (−log u)/D², u being its own uniform number; the first is row i with probability
    /// D_i²/ΣD², as the least of exponential variables is. So the choice is a minimum by key, and no sum is needed.
    struct Race: Sendable {
        /// Centres sent as one array: those that are full are sent once, and only the last is sent again.
        static let chunkRows = 64

        private(set) var chosen: [Int] = []
        /// Rows × columns.
        private(set) var values: [Float] = []
        private(set) var chunks: [Parameter] = []
        /// Restart, and how many are chosen.
        private var draw: Parameter
        private let restart: Int
        private let columns: Int

        init(_ centres: Matrix, at rows: [Int], _ model: inout Model) {
            restart = model.restart
            columns = centres.columns
            draw = SeedingDraw(restart: restart, step: 0).parameter(&model)
            for (index, row) in rows.enumerated() { add(row, Array(centres.row(index)), &model) }
        }

        var parameters: [Parameter] { [draw] + chunks }

        mutating func add(_ row: Int, _ centre: [Float], _ model: inout Model) {
            chosen.append(row)
            values += centre
            let chunk = (chosen.count - 1) / Self.chunkRows
            let first = chunk * Self.chunkRows
            let matrix = Matrix(
                rows: chosen.count - first,
                columns: columns,
                values: Array(values[(first * columns)...])
            )
            chunks = chunks.prefix(chunk) + [model.newParameter(NamedArray("centres.\(chunk)", matrix))]
            draw = SeedingDraw(restart: restart, step: chosen.count).parameter(&model)
        }
    }

    /// Chooses rows until there are K, from those chosen already.
    func race(from rows: [Int], _ model: inout Model) throws {
        go(on: Race(centroids(at: rows), at: rows, &model), &model)
    }

    func advance(_ race: Race, _ model: inout Model, with answer: Partial) throws {
        var race = race
        let winner = try answer.bestIndices("next", below: dataset.rows).first
        if winner == nil { noteDistinctRows(race.values, &model) }
        let row = winner?.index ?? lowestRow(notIn: race.chosen)
        race.add(row, centroids(at: [row]).values, &model)
        go(on: race, &model)
    }

    private func go(on race: Race, _ model: inout Model) {
        if race.chosen.count < settings.clusters {
            model.phase = .racing(race)
        } else {
            let centroids = Matrix(rows: race.chosen.count, columns: dataset.columns, values: race.values)
            iterate(from: centroids, &model)
        }
    }

    /// Once no row is left that differs from all that are chosen: so many different rows there are.
    func noteDistinctRows(_ chosen: [Float], _ model: inout Model) {
        let columns = dataset.columns
        let rows = stride(from: 0, to: chosen.count, by: columns).map { Array(chosen[$0..<$0 + columns]) }
        model.distinctRows = model.distinctRows ?? Set(rows).count
    }

    /// For data of fewer distinct rows than clusters.
    func lowestRow(notIn chosen: [Int]) -> Int {
        let taken = Set(chosen)
        return (0..<dataset.rows).first { !taken.contains($0) && weights(of: $0..<$0 + 1)?[0] != 0 } ?? 0
    }

    /// The round `race`: the winner among the rows of each block.
    struct RaceMapper: Mapper {
        static let kind = "race"

        private let program: KMeans
        private let memory: KMeansMemory
        private let centres: Matrix
        private let draw: SeedingDraw
        private let random: CounterRandom
        private var tiles: RowTiles

        init(_ program: KMeans, _ round: Round, _ memory: KMeansMemory) throws {
            let chunks = try round.parameters.filter { $0.array.name.hasPrefix("centres.") }.map {
                try $0.array.matrix()
            }
            let columns = program.dataset.columns
            guard !chunks.isEmpty, chunks.allSatisfy({ $0.columns == columns }) else { throw round.missing("centres") }
            self.program = program
            self.memory = memory
            centres = Matrix(
                rows: chunks.reduce(0) { $0 + $1.rows },
                columns: columns,
                values: chunks.flatMap(\.values)
            )
            draw = try SeedingDraw(round)
            random = program.random(.race, restart: draw.restart, step: draw.step)
            tiles = RowTiles(of: program.dataset, metric: program.settings.metric)
        }

        static func emptyPartial() -> Partial {
            Partial([("next", .best(BestLists(groups: 1, capacity: 1, order: .ascending)))])
        }

        mutating func map(_ block: Block, into partial: inout Partial) throws {
            var remembered = memory.take(block.number)
            remembered.seeding.resume(.race, restart: draw.restart, covering: centres.rows, rows: block.rows.count)
            cover(block, &remembered)
            let weights = program.weights(of: block.rows)
            for (index, square) in remembered.seeding.squares.enumerated() where square > 0 {
                let row = block.rows.lowerBound + index
                var draws = random.draws(forRow: UInt64(row))
                let time = draws.exponential() / (square * (weights?[index] ?? 1))
                guard time.isFinite else { continue }
                partial.withBest(0) { $0.offer(score: time, index: row, to: 0) }
            }
            memory.keep(remembered, of: block.number)
        }

        /// Takes the centres into account that the block's distances do not know of.
        private mutating func cover(_ block: Block, _ remembered: inout BlockMemory) {
            var seeding = remembered.seeding
            guard seeding.covered < centres.rows else { return }
            let centres = centres
            tiles.forEachTile(of: block, factors: &remembered.factors) { tile, values in
                seeding.measure(tile, values, against: centres)
            }
            seeding.covered = centres.rows
            remembered.seeding = seeding
        }
    }
}

extension KMeans.Race: ModelCoded {
    init(from reader: inout ModelReader) throws {
        chosen = try reader.readNumbers()
        chunks = try reader.read()
        draw = try reader.read()
        restart = try reader.read()
        columns = try reader.read()
        values = try chunks.flatMap { try $0.array.matrix().values }
        let count = chosen.count.multipliedReportingOverflow(by: columns)
        guard !count.overflow, values.count == count.partialValue else { throw ClusteringError.modelUnreadable }
    }

    func write(to writer: inout ModelWriter) {
        writer.write(numbers: chosen)
        // The values are those of the chunks, one after the other.
        writer.write(chunks)
        writer.write(draw)
        writer.write(restart)
        writer.write(columns)
    }
}
