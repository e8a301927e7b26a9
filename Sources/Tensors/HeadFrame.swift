import CKernels

/// A few directions in which centroids differ most, amid which rows and centroids are compared before they are compared in
/// whole length.
///
/// Any directions would do for the result, as any origin would: what they leave out of a row is bounded, and what the bounds
/// leave open is computed. `PrunedLabels` in this module's documentation has the proof. So every process may have its own,
/// and keep them while the centroids move.
package struct HeadFrame: Sendable {
    /// Fewer columns, or fewer centroids, are as soon multiplied in whole length.
    private static let fewestColumns = 256
    private static let fewestCentroids = 48
    /// Longer rows are off by so much that their bounds say little.
    private static let mostColumns = 8192

    /// Tells frames of one process apart.
    package let identifier: Int
    package let columns: Int
    let origin: CentroidOrigin
    let errors: ck_head_errors
    private let axes: PrincipalAxes
    private let directions: PackedColumns

    /// Nil where heads would not pay.
    /// - Parameters:
    ///   - centroids: those to come are taken to be near these.
    ///   - last: a frame of centroids before them.
    package init?(of centroids: Matrix, identifier: Int, after last: HeadFrame? = nil) {
        let columns = centroids.columns
        guard columns >= Self.fewestColumns, columns <= Self.mostColumns, centroids.rows >= Self.fewestCentroids else {
            return nil
        }
        self.identifier = identifier
        self.columns = columns
        origin = CentroidOrigin(of: centroids)
        var axes =
            last.flatMap { $0.columns == columns ? $0.axes : nil }
            ?? PrincipalAxes(count: Int(ck_head_columns), columns: columns)
        axes.fit(origin.shift(centroids), rows: centroids.rows, rowStride: ck_row_stride(columns))
        self.axes = axes
        guard let found = axes.rounded() else { return nil }
        directions = PackedColumns(transposed: found.values.span, inner: columns)
        let inner = Self.chainError(columns + 8)
        errors = ck_head_errors(
            projection: inner * Double(ck_head_columns).squareRoot() * (1 + found.departure) + 16 * 0x1p-24,
            basis: found.departure,
            inner: inner
        )
    }

    /// γ of a float32 sum of so many terms.
    private static func chainError(_ terms: Int) -> Double {
        let units = Double(terms) * 0x1p-24
        return units / (1 - units)
    }

    /// The coordinates of shifted rows, `ck_row_stride` apart, in the directions: count × `ck_head_columns`.
    func project(
        _ rows: UnsafePointer<Float>?,
        count: Int,
        into coordinates: UnsafeMutablePointer<Float>?,
        with product: inout OrderedProduct,
        using set: InstructionSet
    ) {
        let stride = ck_row_stride(columns)
        unsafe product.multiply(rows, count: count, stride: stride, by: directions, into: coordinates, using: set)
    }
}
