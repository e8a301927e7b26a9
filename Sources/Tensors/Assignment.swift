import CKernels

/// Finds each row's nearest centroid.
///
/// It owns the scratch memory for that, so one is kept per task and used tile after tile without allocating.
///
/// The score is ½‖c‖² − x·c, least at the nearest centroid (‖x‖² + 2·score is the squared distance); under cosine it is
/// −x·c. Ties go to the lowest centroid. On the fused paths a dot product is summed over the columns in order by
/// float32 FMA, so its bits depend neither on the tile nor on the row's place in it nor on the instruction set. On
/// `blas` they depend on the row's number within the tile modulo `tileRows` and on OpenBLAS.
package struct Assignment: Sendable {
    /// Rows worked on at once.
    ///
    /// Tiles of any size are accepted; a multiple of this wastes least.
    package static let tileRows = Int(ck_chunk_rows)
    /// Centroids multiplied at once on `blas`: enough to be efficient, few enough for the products to stay in cache.
    static let productColumns = 1024

    let columns: Int
    let path: KernelPath
    private var fused: FusedWorkspace
    private var product: ProductWorkspace

    /// Scratch memory for assigning rows as long as these centroids, by their path.
    package init(for centroids: PackedCentroids) {
        columns = centroids.columns
        path = centroids.path
        fused = FusedWorkspace(columns: path == .blas ? 0 : columns)
        product = ProductWorkspace(columns: columns, clusters: path == .blas ? centroids.clusters : 0)
    }

    /// Assigns a tile of rows × columns finite values.
    ///
    /// `labels` and `scores` have one place per row. The centroids must have as many columns, and no other path, than
    /// those the scratch memory was made for; their number may differ.
    package mutating func assign(
        _ rows: Span<Float>,
        to centroids: PackedCentroids,
        labels: inout MutableSpan<Int32>,
        scores: inout MutableSpan<Float>
    ) {
        precondition(centroids.columns == columns && centroids.path == path, "scratch memory of another assignment")
        let count = TileShape.rows(in: rows.count, columns: columns)
        precondition(labels.count == count && scores.count == count, "\(count) rows need as many labels and scores")
        if let set = path.instructionSet {
            fused.assign(rows, to: centroids, labels: &labels, scores: &scores, using: set)
        } else {
            product.assign(rows, to: centroids, labels: &labels, scores: &scores)
        }
    }
}
