import CKernels

/// Scratch memory of the fused kernels, and the call.
struct FusedWorkspace: Sendable {
    private var rowCopies: [Float]
    private var bestScores: [Float]
    private var bestColumns: [Int32]

    init(columns: Int) {
        let lanes = columns == 0 ? 0 : Assignment.tileRows * Int(ck_widest_vector)
        rowCopies = [Float](repeating: 0, count: columns == 0 ? 0 : Assignment.tileRows * ck_row_stride(columns))
        bestScores = [Float](repeating: 0, count: lanes)
        bestColumns = [Int32](repeating: 0, count: lanes)
    }

    mutating func assign(
        _ rows: Span<Float>,
        to centroids: PackedCentroids,
        labels: inout MutableSpan<Int32>,
        scores: inout MutableSpan<Float>,
        using set: InstructionSet
    ) {
        unsafe withPointers { workspace in
            unsafe rows.withUnsafeBufferPointer { rows in
                unsafe labels.withUnsafeMutableBufferPointer { labels in
                    unsafe scores.withUnsafeMutableBufferPointer { scores in
                        unsafe Self.call(workspace, rows, centroids, labels, scores, set)
                    }
                }
            }
        }
    }

    private mutating func withPointers(_ body: (ck_workspace) -> Void) {
        unsafe rowCopies.withUnsafeMutableBufferPointer { rows in
            unsafe bestScores.withUnsafeMutableBufferPointer { scores in
                unsafe bestColumns.withUnsafeMutableBufferPointer { columns in
                    unsafe body(
                        ck_workspace(
                            rows: rows.baseAddress,
                            best_scores: scores.baseAddress,
                            best_columns: columns.baseAddress
                        )
                    )
                }
            }
        }
    }

    private static func call(
        _ workspace: ck_workspace,
        _ rows: UnsafeBufferPointer<Float>,
        _ centroids: PackedCentroids,
        _ labels: UnsafeMutableBufferPointer<Int32>,
        _ scores: UnsafeMutableBufferPointer<Float>,
        _ set: InstructionSet
    ) {
        unsafe centroids.panels.withUnsafeBufferPointer { panels in
            unsafe centroids.halfNorms.withUnsafeBufferPointer { norms in
                unsafe ck_assign(
                    rows.baseAddress,
                    labels.count,
                    centroids.columns,
                    panels.baseAddress,
                    norms.baseAddress,
                    centroids.clusters,
                    workspace,
                    labels.baseAddress,
                    scores.baseAddress,
                    set.kernelArgument
                )
            }
        }
    }
}
