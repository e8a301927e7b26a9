import Foundation
import Shards
import Tensors
import Testing

@testable import Clustering

/// The published training, step by step.
@Suite struct ReferenceParityTests {
    @Test(.enabled(if: ReferenceFolder.isThere, "the folder COTERIE_REFERENCE is not there"))
    func `Sixty steps have the published losses and lead to the published predictions`() throws {
        let reference = try ReferenceFolder()
        let program = try reference.training()
        let (model, isFinished) = try LocalRunner(program).run()
        #expect(isFinished && model.history.count == reference.settings.steps)
        let expected = try reference.doubles("losses.npy")
        for (step, losses) in model.history.enumerated() {
            for (number, loss) in losses.enumerated() {
                let wanted = expected[step * 4 + number]
                #expect(abs(loss - wanted) <= 1e-3 * abs(wanted), "step \(step), \(TACObjective.lossNames[number])")
            }
        }
    }
}
