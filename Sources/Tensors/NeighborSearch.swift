/// Finds nearest neighbours exactly, multiplying each pair of blocks once for both sides.
///
/// It owns scratch memory, so one is kept per thread. What is found is the same on every path: a dot product is summed
/// over the columns in order by float32 FMA, a squared distance in 64 lanes of float32 FMA.
package struct NeighborSearch: Sendable {
    package let path: KernelPath

    /// - Parameter path: `blas` means the best fused kernel here, since the bits of a product must not depend on its
    ///   place.
    package init(path: KernelPath) {
        precondition(path.isAvailable, "kernel \(path.rawValue) does not run on this processor")
        self.path = path
    }

    /// Compares every row of one block with every row of another: the pairs go to both blocks' reservoirs.
    ///
    /// The blocks have the same columns, metric and origin, and no index in common; each reservoir has its block's
    /// rows.
    package mutating func search(
        _ left: PackedRows,
        _ right: PackedRows,
        into leftReservoir: inout NeighborReservoir,
        _ rightReservoir: inout NeighborReservoir
    ) {
        check(left, right)
        for one in 0..<left.rows {
            for other in 0..<right.rows {
                let score = score(left, one, right, other)
                leftReservoir.offer(score, right.firstRow + other, to: one)
                rightReservoir.offer(score, left.firstRow + one, to: other)
            }
        }
    }

    /// Compares every query with every row of a block; the pairs go to the queries' reservoir.
    ///
    /// Queries and rows have the same columns, metric and origin. Their indices are not compared: a query that is also
    /// among the rows finds itself.
    package mutating func search(
        _ queries: PackedRows,
        among rows: PackedRows,
        into reservoir: inout NeighborReservoir
    ) {
        check(queries, rows)
        for query in 0..<queries.rows {
            for row in 0..<rows.rows {
                reservoir.offer(score(queries, query, rows, row), rows.firstRow + row, to: query)
            }
        }
    }

    /// Compares the rows of a block with one another.
    ///
    /// - Parameter includeSelf: whether a row may be its own neighbour. Its duplicates are its neighbours either way.
    package mutating func search(
        within block: PackedRows,
        includeSelf: Bool = false,
        into reservoir: inout NeighborReservoir
    ) {
        for one in 0..<block.rows {
            for other in 0..<block.rows where one != other || includeSelf {
                reservoir.offer(score(block, one, block, other), block.firstRow + other, to: one)
            }
        }
    }

    private func check(_ left: PackedRows, _ right: PackedRows) {
        precondition(
            left.columns == right.columns && left.metric == right.metric && left.origin == right.origin,
            "blocks that were packed differently cannot be compared"
        )
    }

    private func score(_ left: PackedRows, _ one: Int, _ right: PackedRows, _ other: Int) -> Float {
        var dot: Float = 0
        var lanes = [Float](repeating: 0, count: 64)
        for column in 0..<left.columns {
            let a = left.values[one * left.columns + column]
            let b = right.values[other * left.columns + column]
            dot.addProduct(a, b)
            lanes[column % 64].addProduct(a - b, a - b)
        }
        guard left.metric == .euclidean else { return dot + 0 }
        while lanes.count > 1 {
            lanes = (0..<lanes.count / 2).map { lanes[$0] + lanes[$0 + lanes.count / 2] }
        }
        return 0 - lanes[0]
    }
}
