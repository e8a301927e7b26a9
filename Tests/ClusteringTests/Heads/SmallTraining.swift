import Shards
import Tensors

@testable import Clustering

/// Small inputs for trainings, and batches of them.
struct SmallTraining {
    let images: SampleData
    let texts: SampleData
    let imageRows: Matrix
    let textRows: Matrix
    let neighbors: [NeighborTable]

    static let clusters = 3
    static let hidden = 5

    init(rows: Int = 400, columns: Int = 6) throws {
        imageRows = SampleData.blobs(rows: rows, columns: columns, centres: 4, seed: 3)
        textRows = SampleData.blobs(rows: rows, columns: columns, centres: 4, seed: 4)
        images = try SampleData(imageRows)
        texts = try SampleData(textRows)
        // Rows of the same centre, which `blobs` deals in turn.
        neighbors = (1...2).map { input in
            NeighborTable(
                (0..<rows).flatMap { row in (1...3).map { Int32((row + 4 * input * $0) % rows) } },
                count: 3
            )
        }
    }

    /// Unit rows in Float64, made from the same float32 rows.
    static func units(_ matrix: Matrix, _ rows: [Int]) -> [[Double]] {
        rows.map { row in
            let values = matrix.row(row).map(Double.init)
            let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return values.map { $0 / norm }
        }
    }

    func training<Objective: HeadObjective>(
        _ objective: Objective,
        optimiser: Optimiser = .tac,
        batchSize: Int = 160,
        epochs: Int = 1,
        buffers: HeadTraining<Objective>.Buffers = .running,
        averaging: Float? = nil,
        seed: UInt64 = 1
    ) throws -> HeadTraining<Objective> {
        let inputs = objective.roles.reduce(0) { max($0, $1.input) } + 1
        let dataset = try images.dataset()
        var program = try HeadTraining<Objective>(
            settings: .init(
                objective: objective,
                optimiser: optimiser,
                epochs: epochs,
                buffers: buffers,
                averaging: averaging,
                seed: seed,
                otherInputs: inputs == 1 ? [] : [texts.dataset().description]
            ),
            dataset: dataset
        )
        program.batches = DrawnBatches(
            rows: Array(0..<dataset.rows),
            batchSize: batchSize,
            dropsLast: true,
            seed: seed,
            neighbors: Array(neighbors[..<inputs])
        )
        return program
    }

    /// The same with means over neighbours as partners, and whole batches.
    func expectedTraining(_ objective: TACObjective, optimiser: Optimiser = .tac, epochs: Int = 1) throws
        -> HeadTraining<TACObjective>
    {
        let dataset = try images.dataset()
        var program = try HeadTraining<TACObjective>(
            settings: .init(
                objective: objective,
                optimiser: optimiser,
                epochs: epochs,
                seed: 1,
                otherInputs: [texts.dataset().description],
                expectsNeighbors: true
            ),
            dataset: dataset
        )
        program.batches = WholeBatches(rows: dataset.rows, seed: 1, neighbors: [])
        program.expectedNeighbors = ExpectedNeighbors(neighbors, rows: dataset.rows)
        return program
    }

    func tac(confidence: Confidence = .code, temperature: Double = 0.5) -> TACObjective {
        TACObjective(
            imageColumns: imageRows.columns,
            textColumns: textRows.columns,
            clusters: Self.clusters,
            hidden: Self.hidden,
            contrastTemperature: temperature,
            balance: 5,
            confidence: confidence
        )
    }

    /// Heads whose weights are large enough for the losses to bend.
    func heads(of objective: some HeadObjective) -> [Head] {
        objective.roles.enumerated().map { number, role in
            var head = Head(name: role.name, shape: role.shape, seed: 9, number: number)
            for index in head.parameters.indices {
                var draws = CounterRandom(seed: 8, purpose: .init(code: UInt32(number))).draws(forRow: UInt64(index))
                head.parameters[index] += Float(0.5 * draws.normal())
            }
            return head
        }
    }
}
