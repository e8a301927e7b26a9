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
    private var filter = FilterWorkspace()
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
    @discardableResult
    package mutating func assign(
        _ rows: ExactRows,
        to centroids: PackedCentroids,
        labels: inout MutableSpan<Int32>
    ) -> AssignmentEffort {
        check(rows, centroids, labels.count)
        var (effort, heads) = (AssignmentEffort(rows: rows.count, clusters: centroids.clusters), RowHeads?.none)
        for first in stride(from: 0, to: rows.count, by: Self.tileRows) {
            let chunk = first..<min(first + Self.tileRows, rows.count)
            let found = search(chunk.map { Int32($0) }, of: rows, nil, centroids, &heads, firstRow: 0, &effort)
            for (place, row) in chunk.enumerated() { labels[row] = found.labels[place] }
        }
        return effort
    }

    /// Assigns a tile of finite rows again, after the centroids have moved.
    ///
    /// A row keeps its label where its own score and what is carried over from the last assignment prove it; the others are
    /// searched for.
    /// - Parameters:
    ///   - known: what is known of the rows; at the end what is known of them then.
    ///   - moves: how far centroids have moved since; nil where bounds and scores are of no use.
    ///   - heads: those of the block's rows, the tile's first being `firstRow`; nil where none are kept.
    package mutating func reassign(
        _ rows: ExactRows,
        to centroids: PackedCentroids,
        _ known: inout KnownRows,
        moves: CentroidMoves?,
        heads: inout RowHeads?,
        firstRow: Int
    ) -> AssignmentEffort {
        check(rows, centroids, known.labels.count)
        var effort = AssignmentEffort(rows: rows.count, clusters: centroids.clusters)
        let carried = CarriedBound(columns: columns, metric: centroids.metric, scale: centroids.origin.scale)
        let isLabelled = known.labels.allSatisfy { $0 >= 0 }
        if isLabelled { centroids.score(rows, known.outdated(moves), known.labels, &known.scores) }
        let left = isLabelled ? known.unsettled(carried, moves) : rows.indices
        for first in stride(from: 0, to: left.count, by: Self.tileRows) {
            let picks = Array(left[first..<min(first + Self.tileRows, left.count)])
            let before = isLabelled ? picks.map { known.labels[Int($0)] } : nil
            let found = search(picks, of: rows, before, centroids, &heads, firstRow: firstRow, &effort)
            let changed = known.take(found.labels, of: picks)
            centroids.score(rows, changed, known.labels, &known.scores)
            known.bound(picks, found.gaps, carried)
        }
        return effort
    }

    private func check(_ rows: ExactRows, _ centroids: PackedCentroids, _ labels: Int) {
        precondition(centroids.columns == columns && centroids.path == path, "scratch memory of another assignment")
        precondition(rows.columns == columns && labels == rows.count, "rows need as many labels")
    }

    /// The labels of some rows, no more than a chunk, and by how much every other centroid is farther for certain.
    private mutating func search(
        _ picks: [Int32],
        of rows: ExactRows,
        _ before: [Int32]?,
        _ centroids: PackedCentroids,
        _ heads: inout RowHeads?,
        firstRow: Int,
        _ effort: inout AssignmentEffort
    ) -> (labels: [Int32], gaps: [Double]) {
        workspace.reserve(clusters: centroids.clusters)
        let (path, columns) = (path, columns)
        let set = path.instructionSet ?? .best
        var labels = before ?? [Int32](repeating: -1, count: picks.count)
        var gaps = [Double](repeating: 0, count: picks.count)
        effort.searched += picks.count
        unsafe workspace.withKernelArgument { workspace in
            unsafe rows.withPicked(picks) { rows in
                unsafe centroids.withKernelArgument { packed in
                    unsafe ck_shift_rows(
                        rows,
                        packed.origin,
                        packed.scale,
                        workspace.rows,
                        workspace.squares,
                        set.kernelArgument
                    )
                    if centroids.heads != nil {
                        let found = unsafe filter.search(
                            rows,
                            picks,
                            centroids,
                            packed,
                            workspace,
                            &heads,
                            firstRow: firstRow,
                            labels: &labels,
                            gaps: &gaps,
                            using: set
                        )
                        effort.multiplied += found.multiplied
                        effort.inDouble += found.rechecked
                        return
                    }
                    unsafe ck_clear_scores(workspace)
                    if path == .blas {
                        unsafe ProposedByProduct.propose(picks.count, columns, centroids, packed, workspace, &dots)
                    } else {
                        unsafe ck_propose(picks.count, packed, workspace, set.kernelArgument)
                    }
                    let lanes = path == .blas ? Int32(ck_product_lanes) : ck_score_lanes(set.kernelArgument)
                    effort.multiplied += picks.count * centroids.clusters
                    effort.inDouble += unsafe ck_certify(
                        rows,
                        packed,
                        workspace,
                        lanes,
                        &labels,
                        &gaps,
                        set.kernelArgument
                    )
                }
            }
        }
        return (labels, gaps)
    }
}
