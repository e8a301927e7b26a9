package import Tensors

/// A trained head, as it predicts: the normalisation by its buffers, not by the batch.
package struct HeadPredictor {
    private let means: [Float]
    private let scales: [Float]
    private var layers: HeadLayers

    package init(_ head: Head) {
        let bias = head.parameters[head.shape.firstBias]
        // The layers leave out the bias, so the means do too.
        means = zip(head.runningMeans, bias).map { $0 - $1 }
        scales = head.runningVariances.map { Float(1 / (Double($0) + Head.epsilon).squareRoot()) }
        layers = HeadLayers(shape: head.shape, parameters: head.parameters)
    }

    /// Rows × clusters.
    package mutating func probabilities(of rows: Matrix) -> Matrix {
        guard layers.shape.hidden != nil else { return layers.predict(rows) }
        var hidden = layers.enter(rows)
        let (means, scales) = (means, scales)
        hidden.withMutableValues { ColumnMaps.normalise(&$0, means: means.span, scales: scales.span) }
        return layers.predict(layers.activated(hidden))
    }
}
