extension HeadModel {
    /// The mean of a loss over the steps of the last epoch, of which several batches tell more than one; nil before there is one.
    /// - Parameter loss: picks it from the losses of a step.
    package func lastMean(of loss: (_ losses: [Double]) -> Double?) -> Double? {
        let steps = history.suffix(max(1, history.count / max(1, epoch))).compactMap(loss)
        return steps.isEmpty ? nil : steps.reduce(0, +) / Double(steps.count)
    }

    /// Of the whole loss, the last of each step.
    package var lastLoss: Double? { lastMean(of: \.last) }
}
