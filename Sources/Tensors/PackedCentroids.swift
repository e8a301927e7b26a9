import CKernels

/// Centroids laid out for assignment, made once per round and shared by all tasks.
package struct PackedCentroids: Sendable {
    package let centroids: Matrix
    package let metric: Metric
    package let path: KernelPath
    /// Of the fused kernels: ⌈clusters / 32⌉ panels of columns × 32 centroids, then zeros; empty for `blas`.
    let panels: [Float]
    /// ½‖c‖² of each centroid, or zero for cosine; +∞ up to the next multiple of 32, so that padding never wins.
    let halfNorms: [Float]

    /// - Parameter centroids: clusters × columns, both at least 1 and finite; unit rows under cosine.
    package init(_ centroids: Matrix, metric: Metric, path: KernelPath) {
        precondition(centroids.rows > 0 && centroids.columns > 0, "no centroids to assign to")
        precondition(path.isAvailable, "kernel \(path.rawValue) does not run on this processor")
        self.centroids = centroids
        self.metric = metric
        self.path = path
        panels = path == .blas ? [] : Self.panels(of: centroids)
        halfNorms = Self.halfNorms(of: centroids, metric: metric)
    }

    package var clusters: Int { centroids.rows }
    package var columns: Int { centroids.columns }

    private static func paddedClusters(_ clusters: Int) -> Int {
        let width = Int(ck_panel_columns)
        return (clusters + width - 1) / width * width
    }

    private static func panels(of centroids: Matrix) -> [Float] {
        var panels = [Float](repeating: 0, count: paddedClusters(centroids.rows) * centroids.columns)
        unsafe panels.withUnsafeMutableBufferPointer { panels in
            unsafe centroids.values.withUnsafeBufferPointer { values in
                guard let from = values.baseAddress, let to = panels.baseAddress else { return }
                unsafe ck_pack_panels(
                    from,
                    centroids.columns,
                    centroids.rows,
                    centroids.columns,
                    to,
                    InstructionSet.best.kernelArgument
                )
            }
        }
        return panels
    }

    private static func halfNorms(of centroids: Matrix, metric: Metric) -> [Float] {
        let padding = repeatElement(Float.infinity, count: paddedClusters(centroids.rows) - centroids.rows)
        switch metric {
        case .cosine: return [Float](repeating: 0, count: centroids.rows) + padding
        case .euclidean: return centroids.squaredNorms.map { Float(0.5 * $0) } + padding
        }
    }
}
