import CKernels

/// Scratch memory of the path over OpenBLAS, and the calls: the product of a fixed number of rows with a panel of
/// centroids, then the least score of each row.
///
/// The shape is always `tileRows` rows (the last ones padded with zeros) by `productColumns` centroids or what is left
/// of them, because the bits of a product change with its shape.
struct ProductWorkspace: Sendable {
    private var paddedRows: [Float]
    private var dots: [Float]

    init(columns: Int, clusters: Int) {
        let width = min(clusters, Assignment.productColumns)
        paddedRows = [Float](repeating: 0, count: clusters == 0 ? 0 : Assignment.tileRows * columns)
        dots = [Float](repeating: 0, count: Assignment.tileRows * width)
    }

    mutating func assign(
        _ rows: Span<Float>,
        to centroids: PackedCentroids,
        labels: inout MutableSpan<Int32>,
        scores: inout MutableSpan<Float>
    ) {
        let needed = Assignment.tileRows * min(centroids.clusters, Assignment.productColumns)
        if dots.count < needed { dots = [Float](repeating: 0, count: needed) }
        unsafe labels.withUnsafeMutableBufferPointer { labels in
            unsafe scores.withUnsafeMutableBufferPointer { scores in
                unsafe labels.update(repeating: 0)
                unsafe scores.update(repeating: .infinity)
                for first in stride(from: 0, to: labels.count, by: Assignment.tileRows) {
                    let range = first..<min(first + Assignment.tileRows, labels.count)
                    let values = range.lowerBound * centroids.columns..<range.upperBound * centroids.columns
                    unsafe assignChunk(
                        rows.extracting(values),
                        to: centroids,
                        labels: labels.extracting(range),
                        scores: scores.extracting(range)
                    )
                }
            }
        }
    }

    private mutating func assignChunk(
        _ rows: Span<Float>,
        to centroids: PackedCentroids,
        labels: UnsafeMutableBufferPointer<Int32>,
        scores: UnsafeMutableBufferPointer<Float>
    ) {
        if labels.count == Assignment.tileRows {
            unsafe Self.assignChunk(rows, to: centroids, dots: &dots, labels: labels, scores: scores)
        } else {
            // Rows left in the padding by an earlier tile do no harm: each row's products are its own.
            for index in rows.indices { paddedRows[index] = rows[index] }
            let padded = paddedRows
            unsafe Self.assignChunk(padded.span, to: centroids, dots: &dots, labels: labels, scores: scores)
        }
    }

    /// `rows` is a whole tile; only as many of its rows are judged as there are labels.
    private static func assignChunk(
        _ rows: Span<Float>,
        to centroids: PackedCentroids,
        dots: inout [Float],
        labels: UnsafeMutableBufferPointer<Int32>,
        scores: UnsafeMutableBufferPointer<Float>
    ) {
        let columns = centroids.columns
        unsafe dots.withUnsafeMutableBufferPointer { dots in
            for first in stride(from: 0, to: centroids.clusters, by: Assignment.productColumns) {
                let range = first..<min(first + Assignment.productColumns, centroids.clusters)
                let values = range.lowerBound * columns..<range.upperBound * columns
                let products = dots.extracting(0..<Assignment.tileRows * range.count)
                var span = unsafe MutableSpan(_unsafeElements: products)
                MatrixProduct.multiply(
                    rows,
                    transposed: centroids.centroids.values.span.extracting(values),
                    inner: columns,
                    into: &span
                )
                unsafe chooseLeast(products, centroids, range, labels, scores)
            }
        }
    }

    private static func chooseLeast(
        _ products: UnsafeMutableBufferPointer<Float>,
        _ centroids: PackedCentroids,
        _ range: Range<Int>,
        _ labels: UnsafeMutableBufferPointer<Int32>,
        _ scores: UnsafeMutableBufferPointer<Float>
    ) {
        unsafe centroids.halfNorms.withUnsafeBufferPointer { norms in
            unsafe ck_argmin_rows(
                products.baseAddress,
                labels.count,
                range.count,
                norms.extracting(range).baseAddress,
                Int32(range.lowerBound),
                labels.baseAddress,
                scores.baseAddress,
                InstructionSet.best.kernelArgument
            )
        }
    }
}
