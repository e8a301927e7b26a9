import Shards
import Tensors

/// Assigns blocks to the centroids of one version.
struct BlockAssigner {
    let version: UInt64
    let centroids: PackedCentroids
    private var assignment: Assignment
    /// What the labels so far took to be certain.
    private(set) var certification = Certification()

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

    mutating func assign(_ rows: ExactRows) -> [Int32] {
        var labels = [Int32](repeating: 0, count: rows.count)
        var span = labels.mutableSpan
        let rechecked = assignment.assign(rows, to: centroids, labels: &span)
        certification.add(Certification(rows: rows.count, inDouble: rechecked))
        return labels
    }

    /// Assigns a block, and lets `body` see each tile as it is assigned.
    mutating func assign(
        _ block: Block,
        of tiles: inout RowTiles,
        factors: inout [Double],
        _ body: (Range<Int>, ExactRows, [Int32]) throws -> Void
    ) rethrows -> AssignedRows {
        var rows = AssignedRows(version: version)
        var assigner = self
        try tiles.forEachExactTile(of: block, factors: &factors) { range, tile in
            let labels = assigner.assign(tile)
            rows.labels += labels
            try body(range, tile, labels)
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
        let rows = assign(block, of: &tiles, factors: &memory.exactFactors) { _, _, _ in }
        memory.keep(rows)
        return rows
    }

    /// What a row adds to the objective: its similarity to the centroid of its label under cosine, otherwise ‖x − c‖².
    func scores(_ rows: ExactRows, _ labels: [Int32]) -> [Double] {
        switch centroids.metric {
        case .cosine: DirectDistances.similarities(rows, to: labels, of: centroids.centroids)
        case .euclidean: DirectDistances.squaredDistances(rows, to: labels, of: centroids.centroids)
        }
    }
}
