import Tensors

/// The contrast between the columns of two matrices of probabilities A and B: a cluster is the column of its
/// probabilities, and its partner is the same cluster in the other matrix; METHODS §4.2.
///
/// The loss and its slopes are functions of the Gram matrix of [A B] alone, §4.3: with C = [A B], ∂D/∂C = C·Γ.
struct ColumnContrast {
    let loss: Double
    /// Γ, 2K × 2K.
    let slopes: [Float]

    private static let floor = 1e-12

    /// Numbers on and above the diagonal of a Gram matrix for K clusters.
    static func triangleCount(clusters: Int) -> Int { clusters * (2 * clusters + 1) }

    /// The part on and above the diagonal of [A B]ᵀ[A B], row after row.
    /// - Parameter columns: [A B], any number of rows × 2K.
    static func gram(of columns: Matrix, _ product: inout OrderedProduct) -> [Float] {
        let size = columns.columns
        var square = Matrix(rows: size, columns: size)
        let packed = PackedColumns(columns.values.span, inner: columns.rows)
        square.withMutableValues {
            product.multiply(columns.values.span, .columns, by: packed, part: .upperTriangle, into: &$0)
        }
        var triangle: [Float] = []
        triangle.reserveCapacity(size * (size + 1) / 2)
        for row in 0..<size { triangle += square.values[row * size + row..<(row + 1) * size] }
        return triangle
    }

    /// - Parameters:
    ///   - gram: the triangle of the whole batch.
    ///   - temperature: τ̂, above 0.
    init(gram: ArraySlice<Float>, clusters: Int, temperature: Double) {
        let size = 2 * clusters
        let square = Self.square(gram, size: size)
        let norms = (0..<size).map { max(Double(square[$0 * size + $0]).squareRoot(), Self.floor) }
        var shares = Self.similarities(square, norms: norms, scale: 1 / temperature)
        var spanOfShares = shares.mutableSpan
        let sums = Softmax.apply(to: &spanOfShares, columns: size)
        var total = 0.0
        for row in 0..<size {
            let partner = (row + clusters) % size
            let similarity = Double(square[row * size + partner]) / (norms[row] * norms[partner])
            total +=
                Double(sums.maxima[row]) + DeterministicMath.log(Double(sums.totals[row])) - similarity / temperature
            shares[row * size + partner] -= 1
        }
        loss = total / Double(size)
        slopes = Self.slopes(square, norms: norms, shares: shares, scale: 1 / (temperature * Double(size)))
    }

    private static func square(_ triangle: ArraySlice<Float>, size: Int) -> [Float] {
        var square = [Float](repeating: 0, count: size * size)
        var place = triangle.startIndex
        for row in 0..<size {
            for column in row..<size {
                square[row * size + column] = triangle[place]
                square[column * size + row] = triangle[place]
                place += 1
            }
        }
        return square
    }

    /// s_ij = scale · cos(c_i, c_j), and −∞ on the diagonal, which takes no part.
    private static func similarities(_ square: [Float], norms: [Double], scale: Double) -> [Float] {
        let size = norms.count
        let inverses = norms.map { 1 / $0 }
        var result = square
        for row in 0..<size {
            let factor = scale * inverses[row]
            for column in 0..<size {
                result[row * size + column] = Float(factor * inverses[column] * Double(square[row * size + column]))
            }
            result[row * size + row] = -.infinity
        }
        return result
    }

    /// - Parameter shares: T − 1 at the partner, so that E = shares / 2K and H = (E + Eᵀ)/τ̂.
    private static func slopes(_ square: [Float], norms: [Double], shares: [Float], scale: Double) -> [Float] {
        let size = norms.count
        let inverses = norms.map { 1 / $0 }
        var result = [Float](repeating: 0, count: size * size)
        for row in 0..<size {
            var weighted = 0.0
            for column in 0..<size where column != row {
                let share = Double(shares[row * size + column]) + Double(shares[column * size + row])
                let slope = scale * share * inverses[row] * inverses[column]
                result[row * size + column] = Float(slope)
                // H·R = Γ·M off the diagonal.
                weighted += slope * Double(square[row * size + column])
            }
            let isFloored = norms[row] <= floor
            result[row * size + row] = isFloored ? 0 : Float(-weighted * inverses[row] * inverses[row])
        }
        return result
    }
}
