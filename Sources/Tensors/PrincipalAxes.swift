import CKernels

/// The first principal axes of some rows, about: a few rounds of subspace iteration (Golub & Van Loan, *Matrix Computations*,
/// §8.2.4).
struct PrincipalAxes: Sendable {
    private static let rounds = 5
    /// From axes of about the same rows.
    private static let furtherRounds = 2
    /// Rows that are looked at; more make the axes little better.
    private static let mostRows = 1024
    private static let beginnings = CounterRandom.Purpose(code: 0x7061_0001)

    let count: Int
    let columns: Int
    /// From one axis to the next, zeros beyond the last column.
    private let stride: Int
    private var axes: [Double]
    private var isFitted = false

    init(count: Int, columns: Int) {
        self.count = count
        self.columns = columns
        stride = (columns + 7) / 8 * 8
        axes = [Double](repeating: 0, count: count * stride)
    }

    /// - Parameter values: rows, `rowStride` from one to the next.
    mutating func fit(_ values: [Float], rows: Int, rowStride: Int) {
        let step = (rows + Self.mostRows - 1) / Self.mostRows
        let chosen = Array(Swift.stride(from: 0, to: rows, by: step))
        let sample = chosen.flatMap { values[$0 * rowStride..<$0 * rowStride + columns] }
        if !isFitted { take(beginning) }
        let transposed = PackedColumns(transposed: sample.span, inner: columns)
        let plain = PackedColumns(sample.span, inner: chosen.count)
        var product = OrderedProduct()
        for _ in 0..<(isFitted ? Self.furtherRounds : Self.rounds) {
            var weights = [Float](repeating: 0, count: count * chosen.count)
            var found = [Float](repeating: 0, count: count * columns)
            let floats = floats
            var span = weights.mutableSpan
            product.multiply(floats.span, by: transposed, into: &span)
            var target = found.mutableSpan
            product.multiply(weights.span, by: plain, into: &target)
            take(found)
        }
        isFitted = true
    }

    /// Axes in no particular direction.
    private var beginning: [Float] {
        var draws = CounterRandom(seed: 0, purpose: Self.beginnings).draws(forRow: 0)
        return (0..<count * columns).map { _ in Float(draws.uniform()) - 0.5 }
    }

    /// Makes directions the axes, orthonormal.
    private mutating func take(_ values: [Float]) {
        fill(values)
        unsafe ck_orthonormalise(&axes, count, stride, InstructionSet.best.kernelArgument)
    }

    private mutating func fill(_ values: [Float]) {
        for axis in 0..<count {
            for column in 0..<columns { axes[axis * stride + column] = Double(values[axis * columns + column]) }
        }
    }

    private var floats: [Float] {
        (0..<count).flatMap { axes[$0 * stride..<$0 * stride + columns].map { Float($0) } }
    }

    /// The axes in float32, and how far those that are not zeros are from orthonormal: ‖HHᵀ − 1‖ in the norm of Frobenius.
    /// Nil where they are far from it, as axes of numbers beyond all bounds may be.
    func rounded() -> (values: [Float], departure: Double)? {
        let values = floats
        var copy = self
        copy.fill(values)
        // What computing it is off by comes on top.
        let departure =
            unsafe ck_departure(copy.axes, count, stride, InstructionSet.best.kernelArgument) + 0x1p-40
        return departure < 0x1p-10 ? (values, departure) : nil
    }
}
