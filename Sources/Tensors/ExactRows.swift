import CKernels

/// A tile of rows with the numbers that scores are defined by: those of the dataset, as float32 where that holds them all
/// and as float64 otherwise.
///
/// The arrays may be longer than the tile, so that one is kept and filled again for tile after tile.
package struct ExactRows: Sendable {
    package let columns: Int
    /// Rows of the tile.
    package private(set) var count = 0
    /// `count` × `columns` numbers, or none where there are wide ones.
    package private(set) var values: [Float] = []
    /// `count` × `columns` numbers that float32 would round.
    package private(set) var wide: [Double] = []
    /// What makes each row a unit vector, 1/‖x‖; empty where rows are compared as they are.
    package private(set) var factors: [Double] = []
    package let isWide: Bool

    /// - Parameter isWide: whether the rows are float64.
    package init(columns: Int, isWide: Bool = false) {
        self.columns = columns
        self.isWide = isWide
    }

    /// The rows of a matrix, as they are.
    package init(_ rows: Matrix) {
        self.init(columns: rows.columns)
        count = rows.rows
        values = rows.values
    }

    /// How many numbers the rows of the tile have.
    package var numberCount: Int { count * columns }

    /// Replaces the rows.
    package mutating func fill(_ count: Int, _ body: (inout MutableSpan<Float>) -> Void) {
        precondition(!isWide, "float32 rows for a tile of float64")
        self.count = count
        factors = []
        let length = numberCount
        if values.count < length { values = [Float](repeating: 0, count: length) }
        unsafe values.withUnsafeMutableBufferPointer { buffer in
            var span = unsafe MutableSpan(_unsafeElements: buffer.extracting(0..<length))
            body(&span)
        }
    }

    /// Replaces the rows of a tile of float64.
    package mutating func fillWide(_ count: Int, _ body: (inout MutableSpan<Double>) -> Void) {
        precondition(isWide, "float64 rows for a tile of float32")
        self.count = count
        factors = []
        let length = numberCount
        if wide.count < length { wide = [Double](repeating: 0, count: length) }
        unsafe wide.withUnsafeMutableBufferPointer { buffer in
            var span = unsafe MutableSpan(_unsafeElements: buffer.extracting(0..<length))
            body(&span)
        }
    }

    /// Says what makes the rows unit vectors.
    package mutating func scale(by factors: [Double]) {
        precondition(factors.count == count, "\(factors.count) factors for \(count) rows")
        self.factors = factors
    }

    /// Makes the rows of a tile of float64 `count` · `parts` shorter ones and multiplies each by its factor.
    package mutating func multiply(by factors: [Double]) {
        precondition(isWide && numberCount.isMultiple(of: max(factors.count, 1)), "factors of other rows")
        guard !factors.isEmpty else { return }
        let length = numberCount / factors.count
        for (part, factor) in factors.enumerated() {
            for place in part * length..<(part + 1) * length { wide[place] *= factor }
        }
    }

    /// Σx² of each of `parts` equal parts of each row, in Double over eight fixed lanes.
    package func squaredNorms(parts: Int = 1) -> [Double] {
        var norms = [Double](repeating: 0, count: count * parts)
        if isWide {
            unsafe wide.withUnsafeBufferPointer { rows in
                unsafe norms.withUnsafeMutableBufferPointer { norms in
                    unsafe ck_wide_norms(
                        rows.baseAddress,
                        norms.count,
                        columns / parts,
                        norms.baseAddress,
                        InstructionSet.best.kernelArgument
                    )
                }
            }
            return norms
        }
        var statistics = RowStatistics()
        statistics.measure(values.span.extracting(0..<numberCount), columns: columns / parts)
        return statistics.squaredNorms
    }

    /// Lends the rows of a range to a kernel.
    func withKernelArgument<Result>(_ range: Range<Int>, _ body: (ck_rows) -> Result) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "rows \(range) of \(count)")
        return unsafe values.withUnsafeBufferPointer { values in
            unsafe wide.withUnsafeBufferPointer { wide in
                unsafe factors.withUnsafeBufferPointer { factors in
                    let place = range.lowerBound * columns
                    return unsafe body(
                        ck_rows(
                            values: isWide ? nil : values.baseAddress.map { unsafe $0 + place },
                            wide: isWide ? wide.baseAddress.map { unsafe $0 + place } : nil,
                            factors: factors.isEmpty ? nil : factors.baseAddress.map { unsafe $0 + range.lowerBound },
                            count: range.count,
                            columns: columns
                        )
                    )
                }
            }
        }
    }
}
