import CKernels

/// Rows of one block, laid out for the search for neighbours; made once per block and shared by all threads.
///
/// Takes about twice the rows' Float size in memory, or as much as that for one use only.
package struct PackedRows: Sendable {
    /// What the rows are laid out for.
    package enum Use: Sendable {
        /// To be both sides of a search.
        case everything
        /// To be looked for: queries, or some of them.
        case queries
        /// To be found by queries.
        case candidates
    }

    package let rows: Int
    package let columns: Int
    /// The index in the dataset of the first row; the others follow, unless they have their own `rowNumbers`. Then it is
    /// the lowest.
    package let firstRow: Int
    /// The index in the dataset of each row; empty where they follow one another.
    let rowNumbers: [Int32]
    let use: Use
    package let metric: NeighborMetric
    /// Subtracted from every row before the multiplication under `euclidean`; empty for the coordinates' own origin.
    let origin: [Float]
    /// Every row, unit under `cosine`, `ck_row_stride(columns)` from the next, and room for the rest of a tile.
    private let values: [Float]
    /// The rows less the origin in panels of columns × 32.
    private let panels: [Float]
    /// Of `euclidean`: see `bases(ofSquaredNorms:columns:)`; otherwise empty.
    private let bases: [Float]

    /// Packs a tile of rows × columns values.
    ///
    /// - Parameters:
    ///   - values: at least one row, of 1 to 8,192 columns. They are scaled here where the metric asks for it.
    ///   - firstRow: the rows' indices, `firstRow..<firstRow + rows`, are from 0 to Int32.max.
    ///   - origin: for `euclidean`, a point in the midst of the rows, the same for all blocks; `columns` values. It
    ///     changes no score. But the search is slow where the rows lie further from the origin than from one another,
    ///     since it then must look at many pairs closely.
    /// - Throws: `TensorError.Code.rowUnusable` for a row that is not finite, is zero under cosine (or has a norm so
    ///   small that its inverse is no Float), or whose norm is above 2⁶⁰ under the others, the origin's too.
    package init(
        _ values: Span<Float>,
        columns: Int,
        firstRow: Int,
        metric: NeighborMetric,
        origin: [Float] = [],
        use: Use = .everything
    ) throws(TensorError) {
        let rows = TileShape.rows(in: values.count, columns: columns)
        precondition(firstRow >= 0 && firstRow + rows - 1 <= Int32.max, "rows from \(firstRow) have no Int32 index")
        try self.init(values, columns: columns, firstRow, rowNumbers: [], metric, origin, use)
    }

    /// Packs rows from anywhere in the dataset.
    ///
    /// - Parameters:
    ///   - rowNumbers: the index of each row, at least 0.
    ///   - use: they cannot be compared with one another as a block.
    /// - Throws: what the other initialiser throws.
    package init(
        _ values: Span<Float>,
        columns: Int,
        rowNumbers: [Int32],
        metric: NeighborMetric,
        origin: [Float] = [],
        use: Use
    ) throws(TensorError) {
        precondition(rowNumbers.count == TileShape.rows(in: values.count, columns: columns), "rows without a number")
        let lowest = rowNumbers.min() ?? 0
        precondition(lowest >= 0, "row \(lowest)")
        try self.init(values, columns: columns, Int(lowest), rowNumbers: rowNumbers, metric, origin, use)
    }

    private init(
        _ values: Span<Float>,
        columns: Int,
        _ firstRow: Int,
        rowNumbers: [Int32],
        _ metric: NeighborMetric,
        _ origin: [Float],
        _ use: Use
    ) throws(TensorError) {
        let rows = TileShape.rows(in: values.count, columns: columns)
        precondition(rows > 0 && columns <= Self.mostColumns, "\(rows) rows of \(columns) cannot be packed")
        precondition(origin.isEmpty || origin.count == columns, "an origin of \(origin.count) for rows of \(columns)")
        self.rows = rows
        self.columns = columns
        self.firstRow = firstRow
        self.rowNumbers = rowNumbers
        self.use = use
        self.metric = metric
        self.origin = metric == .euclidean ? origin : []
        var statistics = RowStatistics()
        statistics.measure(values, columns: columns)
        let name = { (row: Int) in rowNumbers.isEmpty ? firstRow + row : Int(rowNumbers[row]) }
        try Self.check(statistics.squaredNorms, name, metric: metric)
        let factors = metric == .cosine ? statistics.squaredNorms.compactMap(RowStatistics.unitFactor) : []
        let spread = Self.spread(values, rows: rows, columns: columns, factors: factors)
        // Candidates are only looked at row by row where distances are computed.
        self.values = use == .candidates && metric != .euclidean ? [] : spread
        if self.origin.isEmpty {
            panels = use == .queries ? [] : Self.panels(of: spread, rows: rows, columns: columns)
        } else {
            let moved = Self.subtracting(origin, from: spread, rows: rows)
            let stride = ck_row_stride(columns)
            statistics.measure(moved.span.extracting(0..<rows * stride), columns: stride)
            try Self.check(statistics.squaredNorms, name, metric: metric)
            panels = use == .queries ? [] : Self.panels(of: moved, rows: rows, columns: columns)
        }
        bases = metric == .euclidean ? Self.bases(ofSquaredNorms: statistics.squaredNorms, columns: columns) : []
    }

    /// The most columns that rows may have.
    package static let mostColumns = 8192

    /// The indices in the dataset of rows that follow one another.
    package var indices: Range<Int> { firstRow..<firstRow + rows }

    /// Bytes of the arrays, about.
    package var byteCount: Int {
        (values.count + panels.count + bases.count + rowNumbers.count) * MemoryLayout<Float>.stride
    }

    /// Lends the layout to the kernel.
    func withKernelArgument(_ body: (ck_packed_rows) -> Void) {
        unsafe values.withUnsafeBufferPointer { values in
            unsafe panels.withUnsafeBufferPointer { panels in
                unsafe bases.withUnsafeBufferPointer { bases in
                    unsafe origin.withUnsafeBufferPointer { origin in
                        unsafe rowNumbers.withUnsafeBufferPointer { rowNumbers in
                            unsafe body(
                                ck_packed_rows(
                                    rows: values.baseAddress,
                                    panels: panels.baseAddress,
                                    bases: bases.isEmpty ? nil : bases.baseAddress,
                                    origin: origin.isEmpty ? nil : origin.baseAddress,
                                    count: rows,
                                    columns: columns,
                                    first_index: Int32(firstRow),
                                    indices: rowNumbers.isEmpty ? nil : rowNumbers.baseAddress
                                )
                            )
                        }
                    }
                }
            }
        }
    }
}

extension PackedRows {
    private static func check(
        _ squaredNorms: [Double],
        _ name: (Int) -> Int,
        metric: NeighborMetric
    ) throws(TensorError) {
        for (row, norm) in squaredNorms.enumerated() {
            if let fault = fault(ofSquaredNorm: norm, metric: metric) {
                throw TensorError(
                    .rowUnusable,
                    "row cannot be compared by \(metric.rawValue): row \(name(row)) \(fault)"
                )
            }
        }
    }

    private static func fault(ofSquaredNorm norm: Double, metric: NeighborMetric) -> String? {
        if !norm.isFinite { return "is not finite; remove or repair it" }
        if metric == .cosine {
            return RowStatistics.unitFactor(squaredNorm: norm) == nil ? "has no direction; remove it" : nil
        }
        return norm > 0x1p120 ? "has a norm above 2^60; scale the rows down" : nil
    }

    private static func spread(_ values: Span<Float>, rows: Int, columns: Int, factors: [Float]) -> [Float] {
        let count = (rows + Int(ck_tallest_tile) - 1) * ck_row_stride(columns)
        return unsafe [Float](unsafeUninitializedCapacity: count) { spread, initialised in
            unsafe ck_prefer_large_pages(spread.baseAddress, count * MemoryLayout<Float>.stride)
            unsafe values.withUnsafeBufferPointer { values in
                unsafe factors.withUnsafeBufferPointer { factors in
                    unsafe ck_spread_rows(
                        values.baseAddress,
                        rows,
                        columns,
                        factors.isEmpty ? nil : factors.baseAddress,
                        spread.baseAddress,
                        InstructionSet.best.kernelArgument
                    )
                }
            }
            initialised = count
        }
    }

    private static func subtracting(_ origin: [Float], from spread: [Float], rows: Int) -> [Float] {
        var moved = spread
        unsafe moved.withUnsafeMutableBufferPointer { moved in
            unsafe origin.withUnsafeBufferPointer { origin in
                unsafe ck_subtract_origin(
                    moved.baseAddress,
                    rows,
                    origin.count,
                    origin.baseAddress,
                    InstructionSet.best.kernelArgument
                )
            }
        }
        return moved
    }

    private static func panels(of spread: [Float], rows: Int, columns: Int) -> [Float] {
        let width = Int(ck_panel_columns)
        let count = (rows + width - 1) / width * width * columns
        return unsafe [Float](unsafeUninitializedCapacity: count) { panels, initialised in
            unsafe ck_prefer_large_pages(panels.baseAddress, count * MemoryLayout<Float>.stride)
            unsafe spread.withUnsafeBufferPointer { spread in
                unsafe ck_pack_panels(
                    spread.baseAddress,
                    ck_row_stride(columns),
                    rows,
                    columns,
                    panels.baseAddress,
                    InstructionSet.best.kernelArgument
                )
            }
            initialised = count
        }
    }

    /// ½(1 − ε)‖x‖² of each row, and room for the rest of a panel.
    ///
    /// −‖a − b‖² can only reach a threshold t where a·b, as the kernel computes it, is at least ½t plus both bases: ε
    /// makes up, in units of ‖a‖² + ‖b‖², for all that roundings take away. With u = 2⁻²⁴, that is at most (d + 1)u in
    /// the sum of d products, 6u where the origin was subtracted, 2(d/64 + 8)u in the score itself, which is at most
    /// 2(‖a‖² + ‖b‖²), and 20u in the bases and what is computed from them. 2⁻¹²⁶ makes up for underflow.
    private static func bases(ofSquaredNorms norms: [Double], columns: Int) -> [Float] {
        let epsilon = (1.1 * Double(columns) + 64) * 0x1p-24
        return norms.map { Float(0.5 * (1 - epsilon) * $0 - 0x1p-126) }
            + [Float](repeating: 0, count: Int(ck_panel_columns) - 1)
    }
}
