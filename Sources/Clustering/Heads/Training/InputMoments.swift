import Shards
import Tensors

/// The mean and the covariance of an input's unit rows over the whole dataset.
///
/// A first layer puts out W·x, so they give the moments of its outputs in closed form, which are the same on every machine
/// and do not depend on the order of batches, as running buffers do; METHODS §1.3.
struct InputMoments: Sendable {
    let means: [Double]
    /// Columns × columns.
    private let covariance: Matrix

    /// Numbers that a task sums for an input of so many columns.
    static func count(columns: Int) -> Int { columns + columns * (columns + 1) / 2 }

    /// - Parameter sums: Σx, and the part of Σxxᵀ on and above its diagonal.
    init(_ sums: ArraySlice<Double>, columns: Int, rows: Int) {
        let means = sums.prefix(columns).map { $0 / Double(rows) }
        var covariance = Matrix(rows: columns, columns: columns)
        var place = sums.startIndex + columns
        for row in 0..<columns {
            for column in row..<columns {
                let value = Float(sums[place] / Double(rows) - means[row] * means[column])
                covariance[row, column] = value
                covariance[column, row] = value
                place += 1
            }
        }
        self.means = means
        self.covariance = covariance
    }

    /// Puts the moments of the head's first layer into its buffers.
    func record(in head: inout Head) {
        let shape = head.shape
        let weights = Matrix(
            rows: shape.width,
            columns: shape.inputs,
            values: Array(head.parameters[shape.firstWeights])
        )
        var spread = Matrix(rows: shape.width, columns: shape.inputs)
        let columns = PackedColumns(covariance.values.span, inner: shape.inputs)
        spread.withMutableValues {
            var product = OrderedProduct()
            product.multiply(weights.values.span, by: columns, into: &$0)
        }
        var variances = [Double](repeating: 0, count: shape.width)
        let features = Array(0..<Int32(shape.width))
        var span = variances.mutableSpan
        DirectDistances.similarities(spread.values.span, to: features.span, of: weights, into: &span)
        for feature in 0..<shape.width {
            let bias = Double(head.parameters[shape.firstBias.lowerBound + feature])
            let mean = zip(weights.row(feature), means).reduce(bias) { $0 + Double($1.0) * $1.1 }
            head.runningMeans[feature] = Float(mean)
            head.runningVariances[feature] = Float(max(variances[feature], 0))
        }
    }
}

/// The round `inputs`: Σx and Σxxᵀ of every input over blocks of the dataset.
struct InputMomentsMapper: Mapper {
    static let kind = "inputs"

    private var tiles: [RowTiles]
    private var product = OrderedProduct()

    init(_ inputs: [Dataset]) {
        tiles = inputs.map { RowTiles(of: $0, metric: .cosine) }
    }

    mutating func map(_ block: Block, into partial: inout Partial) {
        var sums: [Double] = []
        for input in tiles.indices { sums += self.sums(of: input, block) }
        partial.insert(sums, task: block.number, intoTree: 0)
    }

    private mutating func sums(of input: Int, _ block: Block) -> [Double] {
        let columns = tiles[input].dataset.columns
        var sums = ColumnSums(columns: columns)
        var square = Matrix(rows: columns, columns: columns)
        var factors: [Float] = []
        var product = product
        tiles[input].forEachTile(of: block, factors: &factors) { rows, values in
            sums.add(values, values)
            let packed = PackedColumns(values, inner: rows.count)
            square.withMutableValues {
                product.multiply(values, .columns, by: packed, part: .upperTriangle, adds: true, into: &$0)
            }
        }
        self.product = product
        var result = sums.sums
        for row in 0..<columns { result += square.row(row).dropFirst(row).map { Double($0) } }
        return result
    }
}
