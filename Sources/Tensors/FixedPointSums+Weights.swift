import CKernels

// Sums of rows that count by their weights. The last column holds the weights themselves, so that sums of rows of d numbers
// have d + 1 columns, by a rule that is `weighted`.

extension FixedPointSums {
    /// Adds each row as often as its weight says, exactly: an integer weight adds what so many equal rows would.
    ///
    /// Rows without weight are not added, and not counted.
    /// - Parameters:
    ///   - weights: one for each row, finite and at least 0.
    ///   - before: as in `add(_:labels:whichHad:)`.
    ///   - rule: that of sums without weights, which rounds values as it would there.
    package mutating func add(
        _ rows: ExactRows,
        weights: [Double],
        labels: [Int32],
        whichHad before: [Int32]? = nil,
        roundedBy rule: SumRule
    ) {
        precondition(columns == rows.columns + 1, "sums of \(columns) columns for weighted rows of \(rows.columns)")
        precondition(weights.count == rows.count && labels.count == rows.count, "weights or labels of other rows")
        let isAdded = labels.indices.map { weights[$0] > 0 && before?[$0] != labels[$0] }
        guard isAdded.contains(true) else { return }
        let products = WeightedRows(rows, zip(weights, isAdded).map { $1 ? $0 : 0 }, rule)
        if let before { add(products, zip(before, isAdded).map { $1 ? $0 : -1 }, unit: -1) }
        add(products, zip(labels, isAdded).map { $1 ? $0 : -1 }, unit: 1)
    }

    /// Takes so much of one row, which was added before, out of a cluster again. The rows of clusters stay as they are counted.
    package mutating func subtract(_ row: ExactRows, weight: Double, from cluster: Int, roundedBy rule: SumRule) {
        let kept = counts
        add(WeightedRows(row, [weight], rule), [Int32(cluster)], unit: -1)
        counts = kept
    }

    private mutating func add(_ rows: WeightedRows, _ labels: [Int32], unit: Int64) {
        let (none, names) = (Span<Double>(), labels.span)
        unsafe add(
            rows.products.span.bytes,
            areDoubles: true,
            factors: none,
            labels: names,
            unit: unit,
            using: .best
        )
        guard rows.hasErrors.contains(1) else { return }
        let kept = counts  // a row counts once
        let others = zip(labels, rows.hasErrors).map { $1 == 1 ? $0 : -1 }
        unsafe add(
            rows.errors.span.bytes,
            areDoubles: true,
            factors: none,
            labels: others.span,
            unit: unit,
            using: .best
        )
        counts = kept
    }

    /// The weight of a cluster's rows.
    package func weight(of cluster: Int) -> Double { totals(of: cluster)[columns - 1] }

    /// The weighted mean of each column but the weights'; nil where the cluster has no weight.
    package func weightedMean(of cluster: Int) -> [Double]? {
        let totals = totals(of: cluster)
        guard let weight = totals.last, weight > 0 else { return nil }
        return totals.dropLast().map { $0 / weight }
    }
}

/// The numbers of rows times their weights, each as two Doubles.
private struct WeightedRows {
    private(set) var products: [Double]
    private(set) var errors: [Double]
    /// 1 for a row of which some product is no Double.
    private(set) var hasErrors: [Int32]

    init(_ rows: ExactRows, _ weights: [Double], _ rule: SumRule) {
        let count = rows.count * (rows.columns + 1)
        products = [Double](repeating: 0, count: count)
        errors = products
        hasErrors = [Int32](repeating: 0, count: rows.count)
        let levels = rule.isRounded ? rule.levels : 0
        let magic = (0..<levels).map(rule.magic)
        let limits = (0..<levels).map(rule.limit)
        unsafe rows.withKernelArgument(0..<rows.count) { rows in
            unsafe products.withUnsafeMutableBufferPointer { products in
                unsafe errors.withUnsafeMutableBufferPointer { errors in
                    unsafe hasErrors.withUnsafeMutableBufferPointer { hasErrors in
                        unsafe weights.withUnsafeBufferPointer { weights in
                            unsafe magic.withUnsafeBufferPointer { magic in
                                unsafe limits.withUnsafeBufferPointer { limits in
                                    unsafe ck_weigh_rows(
                                        rows,
                                        weights.baseAddress,
                                        magic.baseAddress,
                                        limits.baseAddress,
                                        levels,
                                        products.baseAddress,
                                        errors.baseAddress,
                                        hasErrors.baseAddress
                                    )
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
