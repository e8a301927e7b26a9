import Tensors

/// What stands for the augmentation of an image where there is only its embedding: some coordinates are left out, and
/// normal noise is added; the row is made a unit vector again.
package struct EmbeddingAugmentation: Codable, Sendable, Equatable {
    /// The share of coordinates that become 0, below 1.
    package var dropout: Double
    /// The length of the noise, expected, beside a row's length of 1.
    package var noise: Double

    package init(dropout: Double = 0.1, noise: Double = 0.1) {
        self.dropout = dropout
        self.noise = noise
    }

    private static let purpose = CounterRandom.Purpose(code: 0x4155_474D)

    /// Alters rows of a matrix from `first` on.
    /// - Parameters:
    ///   - rows: what their numbers are in the dataset; with the seed and the step they key the random numbers.
    func apply(to matrix: inout Matrix, from first: Int, rows: ArraySlice<Int64>, seed: UInt64, step: UInt64) {
        let random = CounterRandom(seed: seed, purpose: Self.purpose, round: step)
        let deviation = noise / Double(matrix.columns).squareRoot()
        let columns = matrix.columns
        for (place, row) in rows.enumerated() {
            var draws = random.draws(forRow: UInt64(row))
            var values = Array(matrix.row(first + place))
            for column in 0..<columns {
                if dropout > 0 && draws.uniform() < dropout { values[column] = 0 }
                if noise > 0 { values[column] += Float(deviation * draws.normal()) }
            }
            var altered = Matrix(rows: 1, columns: columns, values: values)
            altered.normaliseRows()
            matrix.withMutableRow(first + place) { target in
                for column in 0..<columns { target[column] = altered.values[column] }
            }
        }
    }
}
