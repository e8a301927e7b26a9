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
        var result = Matrix(rows: inputs.rows, columns: shape.width)
        result.withMutableValues { product.multiply(inputs.values.span, by: columns, into: &$0) }
        return result
    }

    /// max(0, γ·x̂ + β).
    func activated(_ hidden: Matrix) -> Matrix {
        var result = Matrix(rows: hidden.rows, columns: hidden.columns)
        result.withMutableValues {
            ColumnMaps.activate(hidden.values.span, gains: gains.span, shifts: shifts.span, into: &$0)
        }
        return result
    }

    /// softmax(A·W₂ᵀ + b₂): rows × clusters.
    mutating func predict(_ features: Matrix) -> Matrix {
        let columns =
            lastColumns
            ?? PackedColumns(transposed: parameters.span.extracting(shape.lastWeights), inner: shape.features)
        lastColumns = columns
        var result = Matrix(rows: features.rows, columns: shape.clusters)
        let bias = Array(parameters[shape.lastBias])
        let clusters = shape.clusters
        result.withMutableValues { values in
            product.multiply(features.values.span, by: columns, into: &values)
            ColumnMaps.add(bias.span, to: &values)
            Softmax.apply(to: &values, columns: clusters)
        }
        return result
    }

    /// dZ·W₂ where the activation let the value through: rows × width.
    mutating func leave(_ logitSlopes: Matrix, _ hidden: Matrix) -> Matrix {
        let rows =
            lastRows ?? PackedColumns(parameters.span.extracting(shape.lastWeights), inner: shape.clusters)
        lastRows = rows
        let (gains, shifts) = (gains, shifts)
        var result = Matrix(rows: hidden.rows, columns: hidden.columns)
        result.withMutableValues { values in
            product.multiply(logitSlopes.values.span, by: rows, into: &values)
            ColumnMaps.gate(&values, by: hidden.values.span, gains: gains.span, shifts: shifts.span)
        }
        return result
    }

    /// dZᵀ·A and Σ dZ: slopes of the last layer's weights and bias.
    mutating func lastSlopes(_ logitSlopes: Matrix, _ features: Matrix) -> [Float] {
        var sums = ColumnSums(columns: shape.clusters)
        sums.add(logitSlopes.values.span, logitSlopes.values.span)
        return transposedProduct(logitSlopes, features) + sums.sums.map { Float($0) }
    }

    /// dYᵀ·X: slopes of the first layer's weights. Those of its bias are 0, since the normalisation takes it away.
    mutating func firstSlopes(_ slopes: Matrix, _ inputs: Matrix) -> [Float] {
        transposedProduct(slopes, inputs)
    }

    private mutating func transposedProduct(_ left: Matrix, _ right: Matrix) -> [Float] {
        let packed = PackedColumns(right.values.span, inner: right.rows)
        var result = [Float](repeating: 0, count: left.columns * right.columns)
        var span = result.mutableSpan
        product.multiply(left.values.span, .columns, by: packed, into: &span)
        return result
    }
}
