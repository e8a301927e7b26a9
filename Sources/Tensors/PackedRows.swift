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
    /// Subtracted from every row before the multiplication; empty for the coordinates' own origin.
    let origin: [Float]
    /// Every row, unit under `cosine`, `ck_row_stride(columns)` from the next, and room for the rest of a tile.
    private let values: [Float]
    /// The rows less the origin in panels of columns × 32.
    private let panels: [Float]
    /// Where distances are compared: see `bases(ofSquaredNorms:columns:)`; otherwise empty.
    private let bases: [Float]

    /// Packs rows × columns values.
    ///
    /// - Parameters:
    ///   - values: at least one row, of 1 to 8,192 columns. They are scaled here where the metric asks for it.
    ///   - firstRow: the rows' indices, `firstRow..<firstRow + rows`, are from 0 to Int32.max.
    ///   - origin: a point in the midst of the rows, the same for all blocks; `columns` values. Under `euclidean` it
    ///     changes no score. But the search is slow where the rows lie further from the origin than from one another,
    ///     since it then must look at many pairs closely. Under `cosine` it makes the score of two rows minus the squared
    ///     distance of the unit rows: in a narrow cone float32 tells these apart where it cannot tell dot products.
    /// - Throws: `TensorError.Code.rowUnusable` for a row that is not finite, is zero under cosine (or has a norm so
    ///   small that its inverse is no Float), or whose norm is above 2⁶⁰ under the others, less the origin too.
    package init(
        _ values: Span<Float>,
        columns: Int,
        firstRow: Int,
        metric: NeighborMetric,
        origin: [Float] = [],
        use: Use = .everything
    ) throws(TensorError) {
        let rows = TileShape.rows(in: values.count, columns: columns)
        try self.init(
            rows: rows,
            columns: columns,
            firstRow: firstRow,
            metric: metric,
            origin: origin,
            use: use,
            read: { Self.copy($0, of: values, columns: columns, to: &$1) }
        )
    }

    /// Packs rows that are read a few at a time, so that they need not be in memory besides their layout.
    ///
    /// - Parameter read: fills a span with the rows of a range in `0..<rows`, in order and each of them once.
    /// - Throws: what the other initialiser throws.
    package init(
        rows: Int,
        columns: Int,
        firstRow: Int,
        metric: NeighborMetric,
        origin: [Float] = [],
        use: Use = .everything,
        read: (Range<Int>, inout MutableSpan<Float>) -> Void
    ) throws(TensorError) {
        precondition(firstRow >= 0 && firstRow + rows - 1 <= Int32.max, "rows from \(firstRow) have no Int32 index")
        try self.init(rows, columns, firstRow, rowNumbers: [], metric, origin, use, read)
    }

    /// Packs rows from anywhere in the dataset.
    ///
    /// - Parameters:
    ///   - rowNumbers: the index of each row, at least 0.
    ///   - use: they cannot be compared with one another as a block.
    /// - Throws: what the other initialisers throw.
    package init(
        _ values: Span<Float>,
        columns: Int,
        rowNumbers: [Int32],
        metric: NeighborMetric,
        origin: [Float] = [],
        use: Use
    ) throws(TensorError) {
        let rows = TileShape.rows(in: values.count, columns: columns)
        precondition(rowNumbers.count == rows, "rows without a number")
        let lowest = rowNumbers.min() ?? 0
        precondition(lowest >= 0, "row \(lowest)")
        try self.init(rows, columns, Int(lowest), rowNumbers: rowNumbers, metric, origin, use) {
            Self.copy($0, of: values, columns: columns, to: &$1)
        }
    }

    private init(
        _ rows: Int,
        _ columns: Int,
        _ firstRow: Int,
        rowNumbers: [Int32],
        _ metric: NeighborMetric,
        _ origin: [Float],
        _ use: Use,
        _ read: (Range<Int>, inout MutableSpan<Float>) -> Void
    ) throws(TensorError) {
        precondition(rows > 0 && columns <= Self.mostColumns, "\(rows) rows of \(columns) cannot be packed")
        precondition(origin.isEmpty || origin.count == columns, "an origin of \(origin.count) for rows of \(columns)")
        self.rows = rows
        self.columns = columns
        self.firstRow = firstRow
        self.rowNumbers = rowNumbers
        self.use = use
        self.metric = metric
        self.origin = metric == .innerProduct ? [] : origin
        var packing = RowPacking(columns: columns, metric: metric, origin: self.origin) { row in
            rowNumbers.isEmpty ? firstRow + row : Int(rowNumbers[row])
        }
        // Candidates are only looked at row by row where distances are computed.
        let comparesDistances = metric == .euclidean || !self.origin.isEmpty
        let hasValues = use != .candidates || comparesDistances
        (values, panels) = try packing.pack(rows, hasValues: hasValues, hasPanels: use != .queries, read)
        bases = comparesDistances ? Self.bases(ofSquaredNorms: packing.squaredNorms, columns: columns) : []
    }

    private static func copy(
        _ rows: Range<Int>,
        of values: Span<Float>,
        columns: Int,
        to target: inout MutableSpan<Float>
    ) {
        let source = values.extracting(rows.lowerBound * columns..<rows.upperBound * columns)
        unsafe source.withUnsafeBufferPointer { source in
            unsafe target.withUnsafeMutableBufferPointer { _ = unsafe $0.update(fromContentsOf: source) }
        }
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
    /// ½(1 − ε)‖x‖² of each row, and room for the rest of a panel.
    ///
    /// −‖a − b‖², as the kernel computes it, can only reach a threshold t where a·b, as the kernel computes it, is at least
    /// ½t plus both bases: ε makes up, in units of ‖a‖² + ‖b‖², for all that roundings take away. <doc:CertifiedNeighbors>
    /// proves that it does. 2⁻¹²⁶ makes up for underflow.
    private static func bases(ofSquaredNorms norms: [Double], columns: Int) -> [Float] {
        let epsilon = (1.1 * Double(columns) + 64) * 0x1p-24
        return norms.map { Float(0.5 * (1 - epsilon) * $0 - 0x1p-126) }
            + [Float](repeating: 0, count: Int(ck_panel_columns) - 1)
    }
}
