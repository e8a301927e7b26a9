import Shards
import Tensors

/// Assigns blocks to the centroids of one version.
struct BlockAssigner {
    let version: UInt64
    let centroids: PackedCentroids
    private var assignment: Assignment
    /// What the labels so far took to be certain.
    private(set) var certification = Certification()

    /// - Parameter frame: makes the directions in which centroids are compared first; none unless given.
    /// - Throws: `ClusteringError` where the parameter is not centroids for the dataset, `TensorError` where the kernel
    ///   that the environment asks for cannot run.
    init(
        _ parameter: Parameter,
        columns: Int,
        metric: Metric,
        frame: (Matrix) -> HeadFrame? = { _ in nil }
    ) throws {
        let matrix = try parameter.array.matrix()
        guard matrix.columns == columns, matrix.rows >= 1 else {
            throw ClusteringError(
                .internalError,
                "centroids not of this dataset: \(matrix.columns) columns instead of \(columns); "
                    + "run the same version of coterie everywhere"
            )
        }
        version = parameter.version
        centroids = PackedCentroids(matrix, metric: metric, path: try .selected, frame: frame(matrix))
        assignment = Assignment(for: centroids)
    }

    mutating func assign(_ rows: ExactRows) -> [Int32] {
        var labels = [Int32](repeating: 0, count: rows.count)
        var span = labels.mutableSpan
        certification.add(Certification(assignment.assign(rows, to: centroids, labels: &span)))
        return labels
    }

    /// Assigns a block whose rows had labels before, or none, and lets `body` see each tile as it is assigned.
    /// - Parameters:
    ///   - memory: gives the rows' heads, and takes them.
    ///   - moves: how far the centroids have moved since the labels' own; nil where the bounds are of no use.
    mutating func reassign(
        _ block: Block,
        of tiles: inout RowTiles,
        from known: AssignedRows,
        moves: CentroidMoves?,
        memory: inout BlockMemory,
        _ body: (Range<Int>, ExactRows, KnownRows) throws -> Void
    ) rethrows -> AssignedRows {
        var rows = AssignedRows(version: version)
        var (assigner, heads) = (self, memory.takeHeads(in: centroids.frame, count: block.rows.count))
        try tiles.forEachExactTile(of: block, factors: &memory.exactFactors) { range, tile in
            var known = known.part(range)
            let effort = assigner.assignment.reassign(
                tile,
                to: assigner.centroids,
                &known,
                moves: moves,
                heads: &heads,
                firstRow: range.lowerBound
            )
            assigner.certification.add(Certification(effort))
            rows.append(known)
            try body(range, tile, known)
        }
        self = assigner
        memory.heads = heads
        return rows
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
            rows.append(labels)
            try body(range, tile, labels)
        }
        self = assigner
        return rows
    }

    /// The assignment of a block, from memory where it is there.
    /// - Parameter earlier: an assignment that may be remembered, and then helps.
    mutating func assigned(
        _ block: Block,
        of tiles: inout RowTiles,
        memory: inout BlockMemory,
        after earlier: HeadFrames.Earlier? = nil
    ) -> AssignedRows {
        if let rows = memory.assigned(to: version) { return rows }
        let known = earlier.flatMap { memory.assigned(to: $0.version) }
        let rows = reassign(
            block,
            of: &tiles,
            from: known ?? AssignedRows(version: version),
            moves: known == nil ? nil : earlier?.moves,
            memory: &memory
        ) { _, _, _ in }
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

extension Certification {
    fileprivate init(_ effort: AssignmentEffort) {
        self.init(
            rows: effort.rows,
            inFloat: effort.searched,
            inDouble: effort.inDouble,
            pairs: effort.pairs,
            multiplied: effort.multiplied
        )
    }
}
