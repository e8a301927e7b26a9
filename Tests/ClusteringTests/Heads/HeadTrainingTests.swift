import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct HeadTrainingTests {
    private let sample: SmallTraining

    init() throws {
        sample = try SmallTraining()
    }

    private func reference<Objective: HeadObjective>(_ program: HeadTraining<Objective>) throws -> HeadModel {
        let (model, isFinished) = try LocalRunner(program).run()
        #expect(isFinished && model.isFinished)
        return model
    }

    @Test(arguments: [1, 2, 3, 5])
    func `Heads have the same bits for any fleet`(workers: Int) throws {
        let program = try sample.training(sample.tac(), batchSize: 400, epochs: 3, buffers: .closedForm)
        let wanted = try reference(program)
        let fleet = try SimulatedFleet(program, workers: workers, seed: UInt64(workers))
        let found = try fleet.run(sink: CollectedRows())
        #expect(found.heads == wanted.heads && found.history == wanted.history)
    }

    @Test func `SCAN and self-labelling have the same bits for any fleet`() throws {
        var scan = try sample.training(SCANObjective(columns: 6, clusters: 3, heads: 3, hidden: 5), epochs: 2)
        scan.validation = HeadValidation(
            anchors: Array(0..<300),
            beside: [Array(0..<300), Array(4..<304)]
        )
        let wanted = try reference(scan)
        let found = try SimulatedFleet(scan, workers: 3, seed: 1).run(sink: CollectedRows())
        #expect(found.heads == wanted.heads && found.chosen == wanted.chosen && wanted.chosen != nil)
        #expect(wanted.validation.count == 2 && wanted.validation[0].count == 3)
        let judgements = wanted.validation.joined()
        let isOneUsable = judgements.contains { !$0.isCollapsed }
        let losses = judgements.filter { $0.isCollapsed != isOneUsable }.map(\.loss)
        #expect(wanted.chosen?.judgement.loss == losses.min())

        var labels = try sample.training(
            SelfLabelObjective(columns: 6, clusters: 3, threshold: 0.34),
            averaging: 0.9
        )
        labels.initialHeads = sample.heads(of: labels.settings.objective)
        let averaged = try reference(labels)
        let again = try SimulatedFleet(labels, workers: 2, seed: 2).run(sink: CollectedRows())
        #expect(again.heads == averaged.heads)
    }

    @Test func `Expected neighbours have the same bits for any fleet`() throws {
        let program = try sample.expectedTraining(sample.tac(), epochs: 3)
        let wanted = try reference(program)
        let found = try SimulatedFleet(program, workers: 3, seed: 4).run(sink: CollectedRows())
        #expect(found.heads == wanted.heads && found.history == wanted.history && wanted.history.count == 3)
        let drawn = try reference(sample.training(sample.tac(), batchSize: 400, epochs: 3))
        #expect(drawn.heads != wanted.heads)
        #expect(throws: ClusteringError.self) {
            try HeadTraining<SCANObjective>(
                settings: .init(
                    objective: SCANObjective(columns: 6, clusters: 3),
                    optimiser: .tac,
                    epochs: 1,
                    expectsNeighbors: true
                ),
                dataset: program.dataset
            )
        }
    }

    @Test func `A training goes on from its bytes after any round`() throws {
        let program = try sample.training(sample.tac(), batchSize: 130, buffers: .closedForm)
        let wanted = try reference(program)
        var number: UInt64 = 0
        var mark: RoundMark<HeadModel>?
        while true {
            var stopped: HeadModel?
            let (model, isFinished) = try LocalRunner(program).run(from: mark) { report in
                stopped = report.model
                return false
            }
            guard !isFinished else {
                #expect(model.heads == wanted.heads && model.history == wanted.history)
                break
            }
            number += 1
            let next = try program.decode(program.encode(try #require(stopped)))
            mark = RoundMark(number: number, model: next)
        }
        // Three steps of four rounds, and the moments of the inputs.
        #expect(number == 13)
    }

    @Test func `Another seed leads elsewhere`() throws {
        let one = try reference(sample.training(sample.tac(), seed: 1))
        let other = try reference(sample.training(sample.tac(), seed: 2))
        #expect(one.heads != other.heads)
    }

    @Test func `Closed-form buffers are the moments over the whole dataset`() throws {
        let model = try reference(sample.training(sample.tac(), buffers: .closedForm))
        let rows = SmallTraining.units(sample.imageRows, Array(0..<sample.imageRows.rows))
        let head = model.heads[0]
        for unit in 0..<SmallTraining.hidden {
            let outputs = rows.map { row in
                row.indices.reduce(Double(head.parameters[head.shape.firstBias.lowerBound + unit])) {
                    $0 + Double(head.parameters[unit * 6 + $1]) * row[$1]
                }
            }
            let mean = outputs.reduce(0, +) / Double(rows.count)
            let variance = outputs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows.count)
            #expect(abs(Double(head.runningMeans[unit]) - mean) < 1e-5)
            #expect(abs(Double(head.runningVariances[unit]) - variance) < 1e-5)
        }
    }

    @Test func `Averaging keeps the parameters near where they began`() throws {
        let objective = SelfLabelObjective(columns: 6, clusters: 3, threshold: 0.34)
        var program = try sample.training(objective, optimiser: .momentum(rate: 1, momentum: 0), averaging: 0.999)
        program.initialHeads = sample.heads(of: objective)
        let start = try #require(program.initialHeads?[0].parameters)
        let end = try reference(program).heads[0].parameters
        let moved = zip(start, end).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(moved > 0 && moved < 0.01)
    }

    @Test func `A head that is sure of no row learns nothing from its labels`() throws {
        var program = try sample.training(SelfLabelObjective(columns: 6, clusters: 3, threshold: 0.99))
        let head = Head(name: "head", shape: program.roles[0].shape, seed: 1, number: 0)
        program.initialHeads = [head]
        let model = try reference(program)
        #expect(model.heads == [head])
        #expect(!model.history.isEmpty && model.history.allSatisfy { $0 == [0, 0] })
    }

    @Test func `Settings and inputs that do not go together are refused`() throws {
        let program = try sample.training(sample.tac())
        var settings = program.settings
        settings.epochs = 0
        #expect(throws: ClusteringError.self) {
            try HeadTraining<TACObjective>(settings: settings, dataset: program.dataset)
        }
        settings = program.settings
        settings.otherInputs = []
        #expect(throws: ClusteringError.self) {
            try HeadTraining<TACObjective>(settings: settings, dataset: program.dataset)
        }
        let short = try SampleData(SampleData.blobs(rows: 10, columns: 6, centres: 2))
        settings.otherInputs = [try short.dataset().description]
        #expect(throws: ClusteringError.self) {
            try HeadTraining<TACObjective>(settings: settings, dataset: program.dataset)
        }
    }
}
