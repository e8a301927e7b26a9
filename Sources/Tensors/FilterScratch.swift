import CKernels

/// What the kernels of a search among heads write to, besides `AssignmentWorkspace`.
struct FilterScratch: Sendable {
    private var dots: [Int32]
    private var wholeRows: [Int16] = []
    private var standings = [ck_standing](repeating: ck_standing(), count: Assignment.tileRows)
    private var kept = [Int32](repeating: 0, count: Assignment.tileRows * Int(ck_kept_candidates))
    private var keptScores = [Float](repeating: 0, count: Assignment.tileRows * Int(ck_kept_candidates))

    /// - Parameter centroids: how many are multiplied at once.
    init(centroids: Int) {
        dots = [Int32](repeating: 0, count: Assignment.tileRows * centroids)
    }

    mutating func reserve(columns: Int) {
        let count = Assignment.tileRows * ck_short_stride(columns)
        if wholeRows.count < count { wholeRows = [Int16](repeating: 0, count: count) }
    }

    /// Lends all of it to a kernel, and memory for products.
    mutating func withKernelArgument<Result>(
        _ shifted: [Float],
        _ heads: CentroidHeads,
        _ rows: FilterWorkspace.SideBySide,
        _ body: (ck_filter, UnsafeMutablePointer<Int32>?) -> Result
    ) -> Result {
        unsafe heads.withKernelArgument(shifted) { filter in
            var filter = unsafe filter
            return unsafe rows.units.withUnsafeBufferPointer { units in
                unsafe rows.tails.withUnsafeBufferPointer { tails in
                    unsafe standings.withUnsafeMutableBufferPointer { standings in
                        unsafe kept.withUnsafeMutableBufferPointer { kept in
                            unsafe keptScores.withUnsafeMutableBufferPointer { scores in
                                unsafe wholeRows.withUnsafeMutableBufferPointer { whole in
                                    unsafe dots.withUnsafeMutableBufferPointer { dots in
                                        unsafe filter.row_units = units.baseAddress
                                        unsafe filter.row_tails = tails.baseAddress
                                        unsafe filter.standings = standings.baseAddress
                                        unsafe filter.kept = kept.baseAddress
                                        unsafe filter.kept_scores = scores.baseAddress
                                        unsafe filter.row_whole = whole.baseAddress
                                        return unsafe body(filter, dots.baseAddress)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
