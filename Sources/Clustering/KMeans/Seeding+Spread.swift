import Shards
import Tensors

extension KMeans {
    /// k-means‖: a few passes that each draw about 2K rows at once, then a reduction of those candidates to K.
    ///
    /// Bahmani, Moseley, Vattani, Kumar & Vassilvitskii, *Scalable k-means++*, PVLDB 5(7), 2012. A pass draws each row by
    /// itself with probability min(1, ℓ·D²/φ), φ = ΣD², so it takes two rounds: one for φ, one for the draw.
    struct Spread: Sendable {
        /// R in the paper.
        static let passes = 5

        enum Step: String, Sendable {
            case measure = "spread.measure"
            case draw = "spread.draw"
            case weigh = "spread.weigh"
        }

        var step = Step.measure
        /// Draws done.
        var pass = 0
        /// The candidates.
        private(set) var chosen: [Int] = []
        private(set) var values: [Float] = []
        /// The candidates of each draw, which are sent once.
        private(set) var generations: [Parameter] = []
        var draw: Parameter
        /// φ and ℓ; [0, 0] until measured.
        var potential: Parameter

        init(_ model: inout Model) {
            draw = SeedingDraw(restart: model.restart, step: 0).parameter(&model)
            potential = model.newParameter(NamedArray("potential", [0.0, 0.0]))
        }

        mutating func add(_ rows: [Int], _ candidates: Matrix, _ model: inout Model) {
            guard !rows.isEmpty else { return }
            chosen += rows
            values += candidates.values
            let name = "candidates.\(generations.count)"
            generations.append(model.newParameter(NamedArray(name, candidates)))
        }
    }

    func spread(from row: Int, _ model: inout Model) {
        let first = centroids(at: [row])
        var spread = Spread(&model)
        spread.add([row], first, &model)
        model.phase = .spreading(spread)
    }

    func spreadRound(_ spread: Spread) -> Round {
        round(spread.step.rawValue, [spread.draw, spread.potential] + spread.generations)
    }

    func advance(_ spread: Spread, _ model: inout Model, with answer: Partial) throws {
        var spread = spread
        switch spread.step {
        case .measure:
            let potential = answer.total("potential")
            guard potential > 0 else { return try finish(spread, &model) }
            spread.potential = model.newParameter(
                NamedArray("potential", [potential, 2 * Double(settings.clusters)])
            )
            spread.step = .draw
            model.phase = .spreading(spread)
        case .draw:
            let known = Set(spread.chosen)
            let rows = try answer.rowNumbers("rows", below: dataset.rows).filter { !known.contains($0) }
            spread.add(rows, centroids(at: rows), &model)
            spread.pass += 1
            spread.draw = SeedingDraw(restart: model.restart, step: spread.pass).parameter(&model)
            // Without new candidates the potential is as it was.
            spread.step = rows.isEmpty ? .draw : .measure
            if spread.pass == Spread.passes { return try finish(spread, &model) }
            model.phase = .spreading(spread)
        case .weigh:
            let candidates = Matrix(rows: spread.chosen.count, columns: dataset.columns, values: spread.values)
            let weights =
                weights == nil
                ? answer.counts("weights").map(Double.init)
                : spread.chosen.indices.map { answer.sums("weights").totals(of: $0)[0] }
            iterate(from: try reduce(candidates, weights: weights, restart: model.restart), &model)
        }
    }

    /// After the last draw.
    private func finish(_ spread: Spread, _ model: inout Model) throws {
        var spread = spread
        if spread.chosen.count > settings.clusters {
            spread.step = .weigh
            model.phase = .spreading(spread)
        } else {
            try race(from: spread.chosen, &model)
        }
    }
}

extension KMeans.Spread: ModelCoded {
    init(from reader: inout ModelReader) throws {
        guard let step = Step(rawValue: try reader.read()) else { throw ClusteringError.modelUnreadable }
        self.step = step
        pass = try reader.read()
        chosen = try reader.readNumbers()
        generations = try reader.read()
        draw = try reader.read()
        potential = try reader.read()
        values = try generations.flatMap { try $0.array.matrix().values }
    }

    func write(to writer: inout ModelWriter) {
        writer.write(step.rawValue)
        writer.write(pass)
        writer.write(numbers: chosen)
        // The values are those of the generations, one after the other.
        writer.write(generations)
        writer.write(draw)
        writer.write(potential)
    }
}
