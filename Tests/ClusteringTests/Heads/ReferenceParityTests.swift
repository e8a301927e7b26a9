import Foundation
import Shards
import Tensors
import Testing

@testable import Clustering

/// The published training, step by step.
@Suite struct ReferenceParityTests {
    /// Without the optimiser all steps take minutes.
    private static let takesLong: Bool = {
        #if DEBUG
        ProcessInfo.processInfo.environment["COTERIE_LONG_TESTS"] != nil
        #else
        true
        #endif
    }()

    @Test(.enabled(if: ReferenceFolder.isThere, "the folder COTERIE_REFERENCE is not there"))
    func `The first steps have the published losses`() throws {
        let reference = try ReferenceFolder()
        let steps = min(3, reference.settings.steps)
        var program = try reference.training()
        program.batches = GivenBatches(batches: Array(try reference.batches().batches[..<steps]))
        let (model, isFinished) = try LocalRunner(program).run()
        #expect(isFinished && model.history.count == steps)
        try checkLosses(model, reference)
    }

    private func checkLosses(_ model: HeadModel, _ reference: ReferenceFolder) throws {
        let names = try reference.training().settings.objective.lossNames
        let expected = try reference.doubles("losses.npy")
        for (step, losses) in model.history.enumerated() {
            for (number, loss) in losses.enumerated() {
                let wanted = expected[step * 4 + number]
                #expect(abs(loss - wanted) <= 1e-3 * abs(wanted), "step \(step), \(names[number])")
            }
        }
    }

    @Test(
        .enabled(if: ReferenceFolder.isThere, "the folder COTERIE_REFERENCE is not there"),
        .enabled(if: takesLong, "a debug build takes minutes for it; set COTERIE_LONG_TESTS=1")
    )
    func `Sixty steps have the published losses and lead to the published predictions`() throws {
        let reference = try ReferenceFolder()
        let program = try reference.training()
        let (model, isFinished) = try LocalRunner(program).run()
        #expect(isFinished && model.history.count == reference.settings.steps)
        try checkLosses(model, reference)
        let image = try #require(model.heads.first { $0.name == "image" })
        try checkPredictions(of: image, reference)
        let moments = try LocalRunner(try closedForm(program)).run().model
        let closed = try #require(moments.heads.first { $0.name == "image" })
        #expect(closed.parameters == image.parameters && closed.runningMeans != image.runningMeans)
    }

    /// The image head's probabilities on the test rows, by its running buffers.
    private func checkPredictions(of head: Head, _ reference: ReferenceFolder) throws {
        var program = try HeadLabelling(
            settings: .init(writesProbabilities: true),
            dataset: Dataset(path: reference.testImages, blockRows: 128)
        )
        program.head = head
        let rows = CollectedRows()
        let (model, _) = try LocalRunner(program, sink: rows).run()
        let expected = try reference.floats("test_probabilities.npy")
        let found = (rows.fields["probabilities"]?.pieces ?? []).flatMap { piece -> [Float] in
            guard case .float32(let values) = piece.values else { return [] }
            return values
        }
        #expect(found.count == expected.count)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 5e-3 })
        let clusters = reference.settings.clusters
        let labels = (0..<program.dataset.rows).map { row in
            (0..<clusters).reduce(0) {
                expected[row * clusters + $1] > expected[row * clusters + $0] ? $1 : $0
            }
        }
        #expect(rows.labels == labels)
        #expect(model.outcome?.sizes.reduce(0, +) == program.dataset.rows)
    }

    /// The same training with the other buffers at its end.
    private func closedForm(_ program: HeadTraining<TACObjective>) throws -> HeadTraining<TACObjective> {
        var settings = program.settings
        settings.buffers = .closedForm
        var other = try HeadTraining<TACObjective>(settings: settings, dataset: program.dataset)
        other.batches = program.batches
        other.initialHeads = program.initialHeads
        return other
    }
}
