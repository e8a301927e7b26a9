import Tensors

/// How near the cells are to one another, and an order in which neighbours follow one another.
struct CellChain {
    /// Of each cell: all cells, itself first, then the nearest first.
    let nearest: [[Int32]]
    /// All cells; each is followed by the nearest of those that are left.
    let order: [Int32]
    /// Of each cell: how many are nearer than each other cell.
    private let ranks: [[Int32]]

    /// - Throws: `TensorError` where a centroid cannot be compared by the metric.
    init(centroids: Matrix, metric: NeighborMetric) throws {
        let cells = centroids.rows
        let packed = try PackedRows(centroids.values.span, columns: centroids.columns, firstRow: 0, metric: metric)
        var reservoir = NeighborReservoir(rows: cells, k: cells)
        var search = NeighborSearch(path: try .selected)
        search.search(within: packed, includeSelf: true, into: &reservoir)
        let lists = reservoir.lists()
        // A cell comes first in its own list, even where another has the same centroid.
        let nearest = (0..<cells).map { cell in
            [Int32(cell)] + lists.indices(ofRow: cell).filter { $0 != Int32(cell) }
        }
        self.nearest = nearest
        order = Self.chain(nearest)
        ranks = nearest.map { list in
            var ranks = [Int32](repeating: 0, count: cells)
            for (rank, cell) in list.enumerated() { ranks[Int(cell)] = Int32(rank) }
            return ranks
        }
    }

    private static func chain(_ nearest: [[Int32]]) -> [Int32] {
        var isLeft = [Bool](repeating: true, count: nearest.count)
        var order: [Int32] = []
        var next: Int32? = 0
        while let cell = next {
            order.append(cell)
            isLeft[Int(cell)] = false
            next = nearest[Int(cell)].first { isLeft[Int($0)] }
        }
        return order
    }

    /// How many cells are probed before this one by rows of another.
    func rank(of cell: Int32, from other: Int32) -> Int { Int(ranks[Int(other)][Int(cell)]) }
}
