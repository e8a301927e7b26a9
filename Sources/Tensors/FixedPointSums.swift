import CKernels

/// Exact sums of rows by cluster: `rows` clusters × `columns`, and how many rows each has.
///
/// Merging is exact, so the order of additions and merges changes no bit.
package struct FixedPointSums: Sendable, Equatable {
    /// Clusters.
    package let rows: Int
    package let columns: Int
    package let fixedPoint: FixedPoint
    /// `rows` × `columns` totals, each a multiple of the quantum.
    package private(set) var sums: [Double]
    /// Rows added to each cluster.
    package private(set) var counts: [Int64]

    package init(rows: Int, columns: Int, fixedPoint: FixedPoint) {
        self.rows = rows
        self.columns = columns
        self.fixedPoint = fixedPoint
        sums = [Double](repeating: 0, count: rows * columns)
        counts = [Int64](repeating: 0, count: rows)
    }

    /// Sums that were made elsewhere, `sums` having rows × columns values and `counts` one per row.
    /// - Throws: `TensorError.Code.sumsInexact` where a size is wrong, a total is not a multiple of the quantum within
    ///   range, or a count is negative.
    package init(
        rows: Int,
        columns: Int,
        fixedPoint: FixedPoint,
        sums: [Double],
        counts: [Int64]
    ) throws(TensorError) {
        guard
            sums.count == rows * columns && counts.count == rows && counts.allSatisfy({ $0 >= 0 })
                && sums.allSatisfy({ fixedPoint.admits(total: $0) })
        else {
            throw TensorError(
                .sumsInexact,
                "partial sums break the rule of exact sums: \(rows) × \(columns); run the same version everywhere"
            )
        }
        self.rows = rows
        self.columns = columns
        self.fixedPoint = fixedPoint
        self.sums = sums
        self.counts = counts
    }

    /// The total of one cluster.
    package func sum(ofRow row: Int) -> ArraySlice<Double> {
        sums[row * columns..<(row + 1) * columns]
    }

    /// Adds each row of the tile to the cluster its label names.
    ///
    /// No |x| may exceed the bound of the fixed point (which the dataset's first pass has found), and labels are in
    /// 0..<rows.
    package mutating func add(tile: Span<Float>, labels: Span<Int32>) {
        add(tile: tile, labels: labels, using: .best)
    }

    /// Adds each row of the tile to the cluster its label names.
    package mutating func add(_ rows: ExactRows, labels: Span<Int32>) {
        var values = Array(rows.values.prefix(rows.isWide ? 0 : rows.count * columns))
        if rows.isWide { values = rows.wide.prefix(rows.count * columns).map(Float.init) }
        for (row, factor) in rows.factors.enumerated() {
            for place in row * columns..<(row + 1) * columns { values[place] = Float(Double(values[place]) * factor) }
        }
        add(tile: values.span, labels: labels)
    }

    mutating func add(tile: Span<Float>, labels: Span<Int32>, using set: InstructionSet) {
        precondition(tile.count == labels.count * columns, "\(tile.count) values are not \(labels.count) rows")
        TileShape.checkLabels(labels, below: rows)
        unsafe tile.withUnsafeBufferPointer { tile in
            unsafe labels.withUnsafeBufferPointer { labels in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    unsafe counts.withUnsafeMutableBufferPointer { counts in
                        guard
                            let rows = tile.baseAddress, let names = labels.baseAddress, let totals = sums.baseAddress,
                            let sizes = counts.baseAddress
                        else { return }
                        unsafe ck_accumulate(
                            rows,
                            labels.count,
                            columns,
                            names,
                            fixedPoint.magic,
                            totals,
                            sizes,
                            set.kernelArgument
                        )
                    }
                }
            }
        }
    }

    /// Adds other sums of the same shape and rule; exact, hence in any order.
    package mutating func merge(_ other: FixedPointSums) {
        precondition(
            rows == other.rows && columns == other.columns && fixedPoint == other.fixedPoint,
            "sums of different shape or quantum cannot be merged"
        )
        // Not by `mutableSpan`: after it Swift 6.3.1 with -O no longer copies the counts where they are shared, and changes
        // those of every copy of these sums.
        for index in sums.indices { sums[index] += other.sums[index] }
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    /// Takes one row, which was added before, out of a cluster again; exactly undoes the addition.
    package mutating func subtract(row: Span<Float>, from cluster: Int) {
        precondition(row.count == columns, "a row of \(row.count) from sums of \(columns) columns")
        precondition(cluster >= 0 && cluster < rows, "cluster \(cluster) of \(rows)")
        let start = cluster * columns
        for index in row.indices { sums[start + index] -= fixedPoint.round(Double(row[index])) }
        counts[cluster] -= 1
    }
}
