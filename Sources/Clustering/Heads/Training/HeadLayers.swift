import Tensors

/// The layers of one head with its parameters of one step, laid out for their products when they are first needed.
struct HeadLayers {
    let shape: HeadShape
    private let parameters: [Float]
    private let gains: [Float]
    private let shifts: [Float]
    private var product = OrderedProduct()
    private var firstColumns: PackedColumns?
    private var lastColumns: PackedColumns?
    private var lastRows: PackedColumns?

    init(shape: HeadShape, parameters: [Float]) {
        self.shape = shape
        self.parameters = parameters
        gains = Array(parameters[shape.gains])
        shifts = Array(parameters[shape.shifts])
    }

    /// X·W₁ᵀ: rows × width.
    mutating func enter(_ inputs: Matrix) -> Matrix {
        let columns =
            firstColumns
            ?? PackedColumns(transposed: parameters.span.extracting(shape.firstWeights), inner: shape.inputs)
        firstColumns = columns
        return Matrix(rows: inputs.rows, columns: shape.width) {
            product.multiply(inputs.values.span, by: columns, into: &$0)
        }
    }

    /// max(0, γ·x̂ + β).
    func activated(_ hidden: Matrix) -> Matrix {
        Matrix(rows: hidden.rows, columns: hidden.columns) {
            ColumnMaps.activate(hidden.values.span, gains: gains.span, shifts: shifts.span, into: &$0)
        }
    }

    /// softmax(A·W₂ᵀ + b₂): rows × clusters.
    mutating func predict(_ features: Matrix) -> Matrix {
        let columns =
            lastColumns
            ?? PackedColumns(transposed: parameters.span.extracting(shape.lastWeights), inner: shape.features)
        lastColumns = columns
        let (bias, clusters) = (Array(parameters[shape.lastBias]), shape.clusters)
        return Matrix(rows: features.rows, columns: shape.clusters) { values in
            product.multiply(features.values.span, by: columns, into: &values)
            ColumnMaps.add(bias.span, to: &values)
            Softmax.apply(to: &values, columns: clusters)
        }
    }

    /// dZ·W₂ where the activation let the value through: rows × width.
    mutating func leave(_ logitSlopes: Matrix, _ hidden: Matrix) -> Matrix {
        let rows =
            lastRows ?? PackedColumns(parameters.span.extracting(shape.lastWeights), inner: shape.clusters)
        lastRows = rows
        return Matrix(rows: hidden.rows, columns: hidden.columns) { values in
            product.multiply(logitSlopes.values.span, by: rows, into: &values)
            ColumnMaps.gate(&values, by: hidden.values.span, gains: gains.span, shifts: shifts.span)
        }
    }

    /// dZᵀ·A and Σ dZ: slopes of the last layer's weights and bias.
    mutating func lastSlopes(_ logitSlopes: Matrix, _ features: Matrix, into slopes: inout MutableSpan<Float>) {
        var sums = ColumnSums(columns: shape.clusters)
        sums.add(logitSlopes.values.span, logitSlopes.values.span)
        let weights = shape.lastWeights.count
        var ofWeights = slopes._mutatingExtracting(0..<weights)
        multiply(transposed: logitSlopes, features, into: &ofWeights)
        for cluster in 0..<shape.clusters { slopes[weights + cluster] = Float(sums.sums[cluster]) }
    }

    /// dYᵀ·X: slopes of the first layer's weights. Those of its bias are 0, since the normalisation takes it away.
    mutating func firstSlopes(_ slopes: Matrix, _ inputs: Matrix, into result: inout MutableSpan<Float>) {
        multiply(transposed: slopes, inputs, into: &result)
    }

    private mutating func multiply(transposed left: Matrix, _ right: Matrix, into result: inout MutableSpan<Float>) {
        let packed = PackedColumns(right.values.span, inner: right.rows)
        product.multiply(left.values.span, .columns, by: packed, into: &result)
    }
}
