/// The sizes of a clustering head, and where its parameters are in one list of numbers.
///
/// An MLP is Linear – BatchNorm – ReLU – Linear – Softmax, a linear head Linear – Softmax; METHODS §4.1, §5.2.
package struct HeadShape: Codable, Sendable, Equatable {
    /// Numbers in a row of its input.
    package var inputs: Int
    /// Width of the hidden layer; nil for a linear head.
    package var hidden: Int?
    package var clusters: Int

    package init(inputs: Int, hidden: Int?, clusters: Int) {
        self.inputs = inputs
        self.hidden = hidden
        self.clusters = clusters
    }

    /// What the last layer reads.
    var features: Int { hidden ?? inputs }
    var width: Int { hidden ?? 0 }

    // The list: weights of the first layer (hidden × inputs), its bias, gains and shifts of the normalisation, weights of
    // the last layer (clusters × features), its bias.
    var firstWeights: Range<Int> { 0..<width * inputs }
    var firstBias: Range<Int> { after(firstWeights, width) }
    var gains: Range<Int> { after(firstBias, width) }
    var shifts: Range<Int> { after(gains, width) }
    var lastWeights: Range<Int> { after(shifts, clusters * features) }
    var lastBias: Range<Int> { after(lastWeights, clusters) }
    package var parameterCount: Int { lastBias.upperBound }

    private func after(_ range: Range<Int>, _ count: Int) -> Range<Int> {
        range.upperBound..<range.upperBound + count
    }
}
