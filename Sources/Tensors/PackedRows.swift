import CKernels

/// Rows of one block, laid out for the search for neighbours; made once per block and shared by all threads.
///
/// Takes about twice the rows' Float size in memory.
package struct PackedRows: Sendable {
    package let rows: Int
    package let columns: Int
    /// The index in the dataset of the first row; the others follow.
    package let firstRow: Int
    package let metric: NeighborMetric
    /// Subtracted from every row before the multiplication under `euclidean`; empty for the coordinates' own origin.
    let origin: [Float]
    let values: [Float]

    /// Packs a tile of rows × columns values.
    ///
    /// - Parameters:
    ///   - values: at least one row, of 1 to 8,192 columns. They are scaled here where the metric asks for it.
    ///   - firstRow: the rows' indices, `firstRow..<firstRow + rows`, are from 0 to Int32.max.
    ///   - origin: for `euclidean`, a point in the midst of the rows, the same for all blocks; `columns` values. It
    ///     changes no score. But the search is slow where the rows lie further from the origin than from one another,
    ///     since it then must look at many pairs closely.
    /// - Throws: `TensorError.Code.rowUnusable` for a row that is not finite, is zero under cosine (or has a norm so
    ///   small that its inverse is no Float), or whose norm is above 2⁶⁰ under the others.
    package init(
        _ values: Span<Float>,
        columns: Int,
        firstRow: Int,
        metric: NeighborMetric,
        origin: [Float] = []
    ) throws(TensorError) {
        let rows = TileShape.rows(in: values.count, columns: columns)
        precondition(rows > 0 && columns <= Self.mostColumns, "\(rows) rows of \(columns) cannot be packed")
        precondition(firstRow >= 0 && firstRow + rows - 1 <= Int32.max, "rows from \(firstRow) have no Int32 index")
        precondition(origin.isEmpty || origin.count == columns, "an origin of \(origin.count) for rows of \(columns)")
        self.rows = rows
        self.columns = columns
        self.firstRow = firstRow
        self.metric = metric
        self.origin = metric == .euclidean ? origin : []
        var matrix = Matrix(
            rows: rows,
            columns: columns,
            values: unsafe values.withUnsafeBufferPointer { unsafe Array($0) }
        )
        try Self.check(matrix.squaredNorms, firstRow: firstRow, metric: metric)
        if metric == .cosine { matrix.normaliseRows() }
        self.values = matrix.values
    }

    package static let mostColumns = 8192

    /// The indices in the dataset.
    package var indices: Range<Int> { firstRow..<firstRow + rows }

    private static func check(
        _ squaredNorms: [Double],
        firstRow: Int,
        metric: NeighborMetric
    ) throws(TensorError) {
        for (row, norm) in squaredNorms.enumerated() {
            if let fault = fault(ofSquaredNorm: norm, metric: metric) {
                throw TensorError(
                    .rowUnusable,
                    "row cannot be compared by \(metric.rawValue): row \(firstRow + row) \(fault)"
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
}
