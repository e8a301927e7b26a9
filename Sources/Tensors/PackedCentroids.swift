import CKernels

/// Centroids laid out for assignment, made once per round and shared by all tasks.
package struct PackedCentroids: Sendable {
    package let centroids: Matrix
    package let metric: Metric
    package let path: KernelPath
    /// Scaled, less the origin, `ck_row_stride(columns)` from one to the next; empty for the fused kernels without heads.
    let shifted: [Float]
    /// Of the fused kernels: ⌈clusters / 32⌉ panels of columns × 32 shifted centroids, then zeros; empty for `blas`, and
    /// where there are heads.
    let panels: [Float]
    /// What rows are compared with first; nil where they are compared in whole length at once.
    let heads: CentroidHeads?
    /// h − m of each centroid, rounded down; +∞ up to the next multiple of 32, so that padding never wins.
    let bases: [Float]
    /// 2·m of each centroid.
    let margins: [Double]
    let origin: CentroidOrigin
    private let bound: CertificationBound
    private let leastMargin: Double

    /// - Parameters:
    ///   - centroids: clusters × columns, both at least 1 and finite; unit rows under cosine.
    ///   - frame: directions for heads, of centroids as long as these. `blas` uses none.
    package init(_ centroids: Matrix, metric: Metric, path: KernelPath, frame: HeadFrame? = nil) {
        precondition(centroids.rows > 0 && centroids.columns > 0, "no centroids to assign to")
        precondition(path.isAvailable, "kernel \(path.rawValue) does not run on this processor")
        self.centroids = centroids
        self.metric = metric
        self.path = path
        let frame = path == .blas ? nil : frame
        origin = frame?.origin ?? CentroidOrigin(of: centroids)
        bound = CertificationBound(columns: centroids.columns)
        var norms = [Float](repeating: 0, count: centroids.rows)
        let moved = origin.shift(centroids, &norms)
        let measured = origin.measure(centroids, shifted: moved)
        let heights = Self.heights(measured, metric)
        let originNorm = origin.norm
        let bound = bound
        let halves = zip(measured.squares, heights).map {
            bound.margin(square: $0, base: $1, originNorm: originNorm)
        }
        margins = halves.map { 2 * $0 }
        // Where one centroid has no bound, no score decides.
        let isBounded = zip(halves, heights).allSatisfy { $0.isFinite && $1.isFinite }
        leastMargin = isBounded ? bound.least : .infinity
        let lows = zip(heights, halves).map { Self.roundedDown($0 - $1) }
        bases = lows + repeatElement(.infinity, count: Self.paddedClusters(centroids.rows) - centroids.rows)
        heads = frame.map { CentroidHeads(of: moved, squares: norms, in: $0, using: path.instructionSet ?? .best) }
        shifted = path == .blas || frame != nil ? moved : []
        panels = shifted.isEmpty ? Self.panels(of: moved, centroids.rows, centroids.columns) : []
    }

    package var clusters: Int { centroids.rows }
    package var columns: Int { centroids.columns }
    /// Of the heads.
    package var frame: HeadFrame? { heads?.frame }

    /// h of each centroid: ½‖b‖² for distances, −o·b for similarities; less their mean, which changes no comparison.
    private static func heights(_ measured: CentroidOrigin.Measures, _ metric: Metric) -> [Double] {
        guard metric == .cosine else { return measured.squares.map { 0.5 * $0 } }
        let mean = measured.products.reduce(0, +) / Double(measured.products.count)
        return measured.products.map { mean - $0 }
    }

    private static func roundedDown(_ x: Double) -> Float {
        let near = Float(x)
        return Double(near) > x ? near.nextDown : near
    }

    private static func paddedClusters(_ clusters: Int) -> Int {
        let width = Int(ck_panel_columns)
        return (clusters + width - 1) / width * width
    }

    private static func panels(of shifted: [Float], _ clusters: Int, _ columns: Int) -> [Float] {
        var panels = [Float](repeating: 0, count: paddedClusters(clusters) * columns)
        unsafe panels.withUnsafeMutableBufferPointer { panels in
            unsafe shifted.withUnsafeBufferPointer { values in
                unsafe ck_pack_panels(
                    values.baseAddress,
                    ck_row_stride(columns),
                    clusters,
                    columns,
                    panels.baseAddress,
                    InstructionSet.best.kernelArgument
                )
            }
        }
        return panels
    }

    /// Σ(x − c)² of some rows by the centroids of their labels; under cosine −Σ x·c times the row's factor.
    func score(_ rows: ExactRows, _ picks: [Int32], _ labels: [Int32], _ scores: inout [Double]) {
        precondition(labels.count == rows.count && scores.count == rows.count, "rows need as many labels and scores")
        let picked = picks.map { labels[Int($0)] }
        TileShape.checkLabels(picked.span, below: clusters)
        unsafe rows.withPicked(picks) { rows in
            unsafe withKernelArgument { packed in
                unsafe ck_score_labelled(rows, packed, labels, &scores, InstructionSet.best.kernelArgument)
            }
        }
    }

    /// Lends the centroids to a kernel.
    func withKernelArgument<Result>(_ body: (ck_centroids) -> Result) -> Result {
        unsafe centroids.values.withUnsafeBufferPointer { values in
            unsafe panels.withUnsafeBufferPointer { panels in
                unsafe bases.withUnsafeBufferPointer { bases in
                    unsafe margins.withUnsafeBufferPointer { margins in
                        unsafe origin.values.withUnsafeBufferPointer { origin in
                            unsafe body(
                                ck_centroids(
                                    values: values.baseAddress,
                                    panels: panels.baseAddress,
                                    bases: bases.baseAddress,
                                    margins: margins.baseAddress,
                                    origin: origin.baseAddress,
                                    scale: self.origin.scale,
                                    square_margin: bound.squareMargin,
                                    tail_margin: 0.5 * bound.tail,
                                    least_margin: leastMargin,
                                    origin_norm: self.origin.norm,
                                    clusters: clusters,
                                    columns: columns,
                                    is_cosine: metric == .cosine ? 1 : 0
                                )
                            )
                        }
                    }
                }
            }
        }
    }
}
