import Testing

@testable import Clustering

@Suite struct TextTrainingTests {
    /// Trainings of two epochs of two steps, of which the later two steps count.
    private func model(_ losses: [Float?]) -> TextTraining.Model {
        let trainings = losses.map { loss -> HeadModel? in
            guard let loss else { return nil }
            var training = HeadModel(heads: [], optimiser: .tac, averages: false)
            training.history = [-90, -80, Double(loss) - 1, Double(loss) + 1].map { [50, $0] }
            training.epoch = 2
            return training
        }
        return TextTraining.Model(trainings: trainings)
    }

    @Test func `the half of the restarts with the least losses at the end is kept, of equals the earlier`() {
        #expect(model([-20, -10, -25, -15]).kept == [0, 2])
        #expect(model([-20, -10, -25]).kept == [0, 2])
        #expect(model([-7, -7, -7, -7]).kept == [0, 1])
        #expect(model([-7]).kept == [0])
        #expect(model([nil, -7]).kept == [1])
    }
}
