import CKernels

/// Finds each row's nearest centroid.
///
/// It owns the scratch memory for that, so one is kept per task and used tile after tile without allocating.
///
/// The label of a row is the centroid with the least Σ(x − c)², or under cosine the greatest Σ x·c, in float64 over the
/// row's own values and eight fixed lanes; ties go to the lowest. Kernels only propose: every one of their scores has a
/// bound on its error, and what the bounds leave open is computed in float64. So the labels depend neither on the kernel nor
/// on the processor. `CertifiedLabels` in this module's documentation proves the bounds.
package struct Assignment: Sendable {
    /// Rows worked on at once.
    ///
    /// Tiles of any size are accepted; a multiple of this wastes least.
    package static let tileRows = Int(ck_chunk_rows)

    let columns: Int
    let path: KernelPath
    private var workspace: AssignmentWorkspace
    private var dots: [Float] = []

    /// Scratch memory for assigning rows as long as these centroids, by their path.
    package init(for centroids: PackedCentroids) {
        columns = centroids.columns
        path = centroids.path
        workspace = AssignmentWorkspace(columns: columns)
    }

    /// Assigns a tile of finite rows.
    ///
    /// `labels` has one place per row. The centroids must have as many columns, and no other path, than those the scratch
    /// memory was made for; their number may differ.
    /// - Returns: the rows whose labels had to be decided in float64.
    @discardableResult
    package mutating func assign(
        _ rows: ExactRows,
        to centroids: PackedCentroids,
        labels: inout MutableSpan<Int32>
    ) -> Int {
        precondition(centroids.columns == columns && centroids.path == path, "scratch memory of another assignment")
        precondition(rows.columns == columns && labels.count == rows.count, "rows need as many labels")
        workspace.reserve(clusters: centroids.clusters)
        var rechecked = 0
        for first in stride(from: 0, to: rows.count, by: Self.tileRows) {
            let chunk = first..<min(first + Self.tileRows, rows.count)
            var found = labels._mutatingExtracting(chunk)
            rechecked += assign(chunk, of: rows, to: centroids, labels: &found)
        }
        return rechecked
    }

    private mutating func assign(
        _ chunk: Range<Int>,
        of rows: ExactRows,
        to centroids: PackedCentroids,
        labels: inout MutableSpan<Int32>
    ) -> Int {
        let (path, columns) = (path, columns)
        return unsafe workspace.withKernelArgument { workspace in
            unsafe rows.withKernelArgument(chunk) { rows in
                unsafe centroids.withKernelArgument { packed in
                    let set = path.instructionSet ?? .best
                    unsafe ck_shift_rows(
                        rows,
                        packed.origin,
                        packed.scale,
                        workspace.rows,
                        workspace.squares,
                        set.kernelArgument
                    )
                    unsafe ck_clear_scores(workspace)
                    if path == .blas {
                        unsafe ProposedByProduct.propose(chunk.count, columns, centroids, packed, workspace, &dots)
                    } else {
                        unsafe ck_propose(chunk.count, packed, workspace, set.kernelArgument)
                    }
                    let lanes = path == .blas ? Int32(ck_product_lanes) : ck_score_lanes(set.kernelArgument)
                    return unsafe labels.withUnsafeMutableBufferPointer { labels in
                        unsafe ck_certify(rows, packed, workspace, lanes, labels.baseAddress, set.kernelArgument)
                    }
                }
            }
        }
    }
}
