import Tensors

/// An order of the cells in which near ones mostly follow one another.
enum CellChain {
    /// Nearest cells that are known of each.
    private static let links = 32

    /// All cells; each is followed by the nearest of those that are left, or by the first left where none of its nearest is.
    /// - Throws: `TensorError` where a centroid cannot be compared by the metric.
    static func order(of centroids: Matrix, metric: NeighborMetric) throws -> [Int] {
        let packed = try PackedRows(centroids.values.span, columns: centroids.columns, firstRow: 0, metric: metric)
        var reservoir = NeighborReservoir(rows: centroids.rows, k: links)
        var search = NeighborSearch(path: try .selected)
        search.search(within: packed, into: &reservoir)
        let nearest = reservoir.lists()
        var isLeft = [Bool](repeating: true, count: centroids.rows)
        var order: [Int] = []
        var firstLeft = 0
        var next = 0
        while order.count < centroids.rows {
            order.append(next)
            isLeft[next] = false
            while firstLeft < centroids.rows, !isLeft[firstLeft] { firstLeft += 1 }
            next = nearest.indices(ofRow: next).first { isLeft[Int($0)] }.map(Int.init) ?? firstLeft
        }
        return order
    }
}
