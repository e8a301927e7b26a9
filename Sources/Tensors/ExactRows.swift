import CKernels

/// A tile of rows with the numbers that scores are defined by: those of the dataset, as float32 where that holds them all
/// and as float64 otherwise.
///
/// It owns memory that is filled again for tile after tile, or is lent rows where they lie: safe, because they are lent for
/// the length of a call only, and nobody keeps a tile longer.
@safe package struct ExactRows {
    package let columns: Int
    /// Whether the rows are of float64.
    package let isWide: Bool
    /// Rows of the tile.
    package private(set) var count = 0
    /// What makes each row a unit vector, 1/‖x‖; empty where rows are compared as they are.
    package private(set) var factors: [Double] = []
    private var values: [Float] = []
    private var wide: [Double] = []
    /// Rows that are read in place of `values`, while `withLent` lasts.
    @unsafe private var lent: UnsafePointer<Float>?

    package init(columns: Int, isWide: Bool = false) {
        self.columns = columns
        self.isWide = isWide
        unsafe lent = nil
    }

    /// The rows of a matrix, as they are.
    package init(_ rows: Matrix) {
        self.init(columns: rows.columns)
        count = rows.rows
        values = rows.values
    }

    private var numberCount: Int { count * columns }

    /// The numbers of all rows.
    var indices: [Int32] { (0..<count).map { Int32($0) } }

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

    /// Replaces the rows by some that stay where they are, while `body` runs.
    package mutating func withLent(
        _ rows: Span<Float>,
        _ body: (inout ExactRows) throws -> Void
    ) rethrows {
        precondition(!isWide && rows.count.isMultiple(of: columns), "rows of another kind are lent")
        try unsafe rows.withUnsafeBufferPointer { rows in
            count = rows.count / columns
            factors = []
            unsafe lent = rows.baseAddress
            defer {
                unsafe lent = nil
                count = 0
            }
            try body(&self)
        }
    }

    /// Says what makes the rows unit vectors.
    package mutating func scale(by factors: [Double]) {
        precondition(factors.count == count, "\(factors.count) factors for \(count) rows")
        self.factors = factors
    }

    /// Cuts each row of a tile of float64 into parts of equal length, and multiplies every part by its factor.
    package mutating func multiplyParts(by factors: [Double]) {
        precondition(isWide && !factors.isEmpty && numberCount.isMultiple(of: factors.count), "factors of other rows")
        let length = numberCount / factors.count
        for (part, factor) in factors.enumerated() {
            for place in part * length..<(part + 1) * length { wide[place] *= factor }
        }
    }

    /// Σx² of each of `parts` equal parts of each row, in Double over eight fixed lanes.
    package func squaredNorms(parts: Int = 1) -> [Double] {
        guard isWide else {
            var statistics = RowStatistics()
            withValues { statistics.measure($0, columns: columns / parts) }
            return statistics.squaredNorms
        }
        var norms = [Double](repeating: 0, count: count * parts)
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

    /// Lends the numbers of a tile that is not of float64.
    func withValues<Result>(_ body: (Span<Float>) -> Result) -> Result {
        unsafe values.withUnsafeBufferPointer { own in
            let start = unsafe lent ?? own.baseAddress
            let buffer = unsafe UnsafeBufferPointer(start: start, count: isWide ? 0 : numberCount)
            return unsafe body(Span(_unsafeElements: buffer))
        }
    }

    /// Lends the numbers of a tile of float64.
    func withWide<Result>(_ body: (Span<Double>) -> Result) -> Result {
        body(wide.span.extracting(0..<(isWide ? numberCount : 0)))
    }

    /// Lends some rows to a kernel.
    func withPicked<Result>(_ picks: [Int32], _ body: (ck_picked) -> Result) -> Result {
        precondition(picks.allSatisfy { $0 >= 0 && $0 < count }, "rows that are not there")
        return unsafe withKernelArgument(0..<count) { rows in
            unsafe picks.withUnsafeBufferPointer { picks in
                unsafe body(ck_picked(rows: rows, picks: picks.baseAddress, count: picks.count))
            }
        }
    }

    /// Lends the rows of a range to a kernel.
    func withKernelArgument<Result>(_ range: Range<Int>, _ body: (ck_rows) -> Result) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "rows \(range) of \(count)")
        let place = range.lowerBound * columns
        return unsafe values.withUnsafeBufferPointer { own in
            unsafe wide.withUnsafeBufferPointer { wide in
                unsafe factors.withUnsafeBufferPointer { factors in
                    let start = unsafe lent ?? own.baseAddress
                    return unsafe body(
                        ck_rows(
                            values: isWide ? nil : start.map { unsafe $0 + place },
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
