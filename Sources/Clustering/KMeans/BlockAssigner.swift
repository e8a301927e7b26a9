import Shards
import Tensors

/// Assigns blocks to the centroids of one version.
struct BlockAssigner {
    let version: UInt64
    let centroids: PackedCentroids
    private var assignment: Assignment

    /// - Throws: `ClusteringError` where the parameter is not centroids for the dataset, `TensorError` where the kernel
    ///   that the environment asks for cannot run.
    init(_ parameter: Parameter, columns: Int, metric: Metric) throws {
        let matrix = try parameter.array.matrix()
        guard matrix.columns == columns, matrix.rows >= 1 else {
            throw ClusteringError(
                .internalError,
                "centroids not of this dataset: \(matrix.columns) columns instead of \(columns); "
                    + "run the same version of coterie everywhere"
            )
        }
        version = parameter.version
        centroids = PackedCentroids(matrix, metric: metric, path: try .selected)
        assignment = Assignment(for: centroids)
    }

    mutating func assign(_ tile: Span<Float>) -> (labels: [Int32], scores: [Float]) {
        let count = tile.count / centroids.columns
        var labels = [Int32](repeating: 0, count: count)
        var scores = [Float](repeating: 0, count: count)
        var labelSpan = labels.mutableSpan
        var scoreSpan = scores.mutableSpan
        assignment.assign(tile, to: centroids, labels: &labelSpan, scores: &scoreSpan)
        return (labels, scores)
    }

    /// Assigns a block, and lets `body` see each tile as it is assigned.
    mutating func assign(
        _ block: Block,
        of tiles: inout RowTiles,
        factors: inout [Float],
        _ body: (Span<Float>, (labels: [Int32], scores: [Float])) throws -> Void
    ) rethrows -> AssignedRows {
        var rows = AssignedRows(version: version)
        var assigner = self
        try tiles.forEachTile(of: block, factors: &factors) { _, values in
            let assigned = assigner.assign(values)
            rows.labels += assigned.labels
            rows.scores += assigned.scores
            try body(values, assigned)
        }
        self = assigner
        return rows
    }

    /// The assignment of a block, from memory where it is there.
    mutating func assigned(
        _ block: Block,
        of tiles: inout RowTiles,
        memory: inout BlockMemory
    ) -> AssignedRows {
        if let rows = memory.assigned(to: version) { return rows }
        let rows = assign(block, of: &tiles, factors: &memory.factors) { _, _ in }
        memory.keep(rows)
        return rows
    }

    /// ‖x − c‖² of each row of a tile to the centroid of its label, without cancellation.
    func squaredDistances(_ tile: Span<Float>, _ labels: [Int32]) -> [Double] {
        var distances = [Double](repeating: 0, count: labels.count)
        var span = distances.mutableSpan
        DirectDistances.squaredDistances(tile, to: labels.span, of: centroids.centroids, into: &span)
        return distances
    }

    /// x·c of each row of a tile and the centroid of its label, in Double.
    func similarities(_ tile: Span<Float>, _ labels: [Int32]) -> [Double] {
        var similarities = [Double](repeating: 0, count: labels.count)
        var span = similarities.mutableSpan
        DirectDistances.similarities(tile, to: labels.span, of: centroids.centroids, into: &span)
        return similarities
    }
}
