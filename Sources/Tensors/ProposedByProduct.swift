import CKernels

/// The scores of a chunk by OpenBLAS: the product of its rows with some centroids after the others, then the best of each
/// lane.
enum ProposedByProduct {
    /// Centroids multiplied at once: enough to be efficient, few enough for the products to stay in cache.
    private static let productColumns = 1024

    static func propose(
        _ count: Int,
        _ columns: Int,
        _ centroids: PackedCentroids,
        _ packed: ck_centroids,
        _ workspace: ck_workspace,
        _ dots: inout [Float]
    ) {
        let stride = ck_row_stride(columns)
        let width = min(centroids.clusters, productColumns)
        if dots.count < count * width { dots = [Float](repeating: 0, count: count * width) }
        let rows = unsafe UnsafeBufferPointer(start: workspace.rows, count: count * stride)
        let left = unsafe Span(_unsafeElements: rows)
        for first in Swift.stride(from: 0, to: centroids.clusters, by: productColumns) {
            let range = first..<min(first + productColumns, centroids.clusters)
            let right = centroids.shifted.span.extracting(range.lowerBound * stride..<range.upperBound * stride)
            unsafe dots.withUnsafeMutableBufferPointer { dots in
                var products = unsafe MutableSpan(_unsafeElements: dots.extracting(0..<count * range.count))
                MatrixProduct.multiply(left, transposed: right, inner: columns, stride: stride, into: &products)
                unsafe ck_scan_products(
                    dots.baseAddress,
                    count,
                    range.count,
                    packed.bases + range.lowerBound,
                    Int32(range.lowerBound),
                    workspace,
                    InstructionSet.best.kernelArgument
                )
            }
        }
    }
}
