import Tensors

/// Which cells are nearest to rows, by the score of a row and a cell's centroid; ties go to the cell that comes first.
struct CellRanking {
    /// Rows that are ranked at once: the lists of so many are small even where all cells are in them.
    private static let batchRows = 512

    private let centroids: PackedRows
    private let metric: NeighborMetric
    private let origin: [Float]
    private var search: NeighborSearch

    /// - Parameter origin: see `PackedRows`.
    /// - Throws: `TensorError` where a centroid cannot be compared by the metric.
    init(_ centroids: Matrix, metric: NeighborMetric, origin: [Float]) throws {
        self.metric = metric
        self.origin = origin
        self.centroids = try PackedRows(
            centroids.values.span,
            columns: centroids.columns,
            firstRow: 0,
            metric: metric,
            origin: origin,
            use: .candidates
        )
        search = NeighborSearch(path: try .selected)
    }

    /// Calls `body` with the nearest cells of some rows after others.
    ///
    /// - Parameters:
    ///   - values: rows × columns.
    ///   - count: cells of each row.
    ///   - body: is given the first of the rows, and for each row from that one on its cells, the nearest first.
    mutating func forEachBatch(
        of values: [Float],
        nearest count: Int,
        _ body: (_ firstRow: Int, _ cells: NeighborLists) throws -> Void
    ) throws {
        let rows = values.count / centroids.columns
        for first in stride(from: 0, to: rows, by: Self.batchRows) {
            let batch = first..<min(rows, first + Self.batchRows)
            let part = batch.lowerBound * centroids.columns..<batch.upperBound * centroids.columns
            let queries = try PackedRows(
                values.span.extracting(part),
                columns: centroids.columns,
                firstRow: 0,
                metric: metric,
                origin: origin,
                use: .queries
            )
            var reservoir = NeighborReservoir(rows: batch.count, k: count)
            search.search(queries, among: centroids, into: &reservoir)
            try body(first, reservoir.lists())
        }
    }
}
