import Tensors
import Testing

@testable import Clustering

/// The slopes of one step against central differences of the losses in Float64.
@Suite struct HeadSlopesTests {
    private let sample: SmallTraining

    init() throws {
        sample = try SmallTraining()
    }

    private typealias Loss = (_ anchors: [[[Double]]], _ partners: [[[Double]]]) -> Double

    /// One step's losses and slopes by the program, and the same by differences of `loss`.
    private func check<Objective: HeadObjective>(_ objective: Objective, _ loss: @escaping Loss) throws {
        var program = try sample.training(objective, optimiser: .momentum(rate: 0, momentum: 0), batchSize: 24)
        let batch = try #require(program.batches).batch(epoch: 0, step: 0)
        program.batches = GivenBatches(batches: [batch])
        try check(&program, batch, sample, loss)
    }

    private func check<Objective: HeadObjective>(
        _ program: inout HeadTraining<Objective>,
        _ batch: Batch,
        _ sample: SmallTraining,
        _ loss: Loss
    ) throws {
        let objective = program.settings.objective
        let heads = sample.heads(of: objective)
        program.initialHeads = heads
        let (model, _) = try LocalRunner(program).run()

        let inputs = [sample.imageRows, sample.textRows]
        let anchors = objective.roles.map { SmallTraining.units(inputs[$0.input], batch.anchors) }
        let partners = objective.roles.map { role in
            batch.partners.isEmpty ? [] : SmallTraining.units(inputs[role.input], batch.partners[role.input])
        }
        var plain = heads.map { PlainHead($0) }
        func value() -> Double {
            loss(
                plain.indices.map { plain[$0].probabilities(anchors[$0]) },
                plain.indices.map { partners[$0].isEmpty ? [] : plain[$0].probabilities(partners[$0]) }
            )
        }
        #expect(abs((model.history[0].last ?? 0) - value()) < 1e-5)
        for head in plain.indices {
            let found = model.optimisers[head].means
            let greatest = found.reduce(0) { max($0, abs(Double($1))) }
            #expect(greatest > 0)
            for index in plain[head].parameters.indices {
                let (middle, step) = (plain[head].parameters[index], 1e-5)
                plain[head].parameters[index] = middle + step
                let above = value()
                plain[head].parameters[index] = middle - step
                let below = value()
                plain[head].parameters[index] = middle
                let wanted = (above - below) / (2 * step)
                #expect(
                    abs(Double(found[index]) - wanted) <= 2e-5 * greatest + 1e-6,
                    "head \(head), parameter \(index)"
                )
            }
        }
    }

    @Test(arguments: zip(Confidence.allCases, [0.5, 5]))
    func `TAC's slopes are those of its losses`(confidence: Confidence, temperature: Double) throws {
        try check(sample.tac(confidence: confidence, temperature: temperature)) { anchors, partners in
            PlainLosses.contrast(anchors[0], partners[1], temperature: temperature)
                + PlainLosses.contrast(anchors[1], partners[0], temperature: temperature)
                + PlainLosses.confidence(anchors[0], anchors[1], confidence)
                - 5 * (PlainLosses.entropy(anchors[0]) + PlainLosses.entropy(anchors[1]))
        }
    }

    @Test func `Slopes flow back through means over neighbours`() throws {
        let small = try SmallTraining(rows: 25)
        var program = try small.expectedTraining(small.tac(), optimiser: .momentum(rate: 0, momentum: 0))
        let batch = Batch(anchors: Array(0..<25), partners: [])
        func means(_ head: Int, _ rows: [[Double]]) -> [[Double]] {
            let table = small.neighbors[head]
            return rows.indices.map { row in
                rows[row].indices.map { cluster in
                    (0..<table.count).reduce(0) { $0 + rows[table.neighbor($1, ofRow: row)][cluster] }
                        / Double(table.count)
                }
            }
        }
        try check(&program, batch, small) { anchors, _ in
            PlainLosses.contrast(anchors[0], means(1, anchors[1]), temperature: 0.5)
                + PlainLosses.contrast(anchors[1], means(0, anchors[0]), temperature: 0.5)
                + PlainLosses.confidence(anchors[0], anchors[1], .code)
                - 5 * (PlainLosses.entropy(anchors[0]) + PlainLosses.entropy(anchors[1]))
        }
    }

    @Test(arguments: [nil, 5] as [Int?])
    func `SCAN's slopes are those of its losses, for every head`(hidden: Int?) throws {
        let objective = SCANObjective(columns: 6, clusters: 3, heads: 2, hidden: hidden)
        try check(objective) { anchors, partners in
            (0..<2).reduce(0) { sum, head in
                sum + PlainLosses.confidence(anchors[head], partners[head], .code)
                    - 5 * PlainLosses.entropy(anchors[head])
            }
        }
    }

    @Test(arguments: [false, true], [nil, 5] as [Int?])
    func `Slopes of self-labelling are those of its loss`(isBalanced: Bool, hidden: Int?) throws {
        // Unaltered partners that are the anchors' neighbours, so that the two groups differ.
        let objective = SelfLabelObjective(
            columns: 6,
            clusters: 3,
            hidden: hidden,
            threshold: 0.5,
            isBalanced: isBalanced,
            augmentation: .init(dropout: 0, noise: 0)
        )
        // The labels stay as they are while the parameters move by so little.
        var labels: [Int?]?
        try check(objective) { anchors, partners in
            let rows = labels ?? anchors[0].map { row in row.indices.first { row[$0] > 0.5 } }
            labels = rows
            let counts = (0..<3).map { cluster in rows.count { $0 == cluster } }
            let weights = counts.map { isBalanced ? Double(counts.reduce(0, +)) / Double($0) : 1 }
            var (sum, total) = (0.0, 0.0)
            for case (let row, let label?) in zip(partners[0], rows) {
                sum -= weights[label] * logarithm(row[label])
                total += weights[label]
            }
            return sum / total
        }
    }

    private func logarithm(_ x: Double) -> Double { DeterministicMath.log(x) }
}
