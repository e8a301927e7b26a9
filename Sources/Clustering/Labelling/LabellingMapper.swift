import Shards
import Tensors

/// The round `label` of `Labelling`.
struct LabellingMapper: Mapper {
    static let kind = "label"

    private let temperature: Double?
    private var tiles: RowTiles
    private var assigner: BlockAssigner

    init(_ program: Labelling, _ round: Round) throws {
        temperature = program.settings.temperature
        tiles = RowTiles(of: program.dataset, metric: program.settings.metric)
        assigner = try BlockAssigner(
            round.parameter(KMeans.centroidsName),
            columns: program.dataset.columns,
            metric: program.settings.metric
        ) { $0.rows < HeadFrames.manyCentroids ? nil : HeadFrame(of: $0, identifier: 0) }
    }

    var certification: Certification { assigner.certification }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        let probabilities = probabilities(of: block)
        var factors: [Double] = []
        let rows = assigner.assign(block, of: &tiles, factors: &factors) { _, _, _ in }
        partial.withCounts(0) { sizes in
            for label in rows.labels { sizes[Int(label)] += 1 }
        }
        let first = block.rows.lowerBound
        partial.withRows(1) { $0.insert(.init(firstRow: first, values: .int32(rows.labels))) }
        if let probabilities {
            partial.withRows(2) { $0.insert(.init(firstRow: first, values: .float32(probabilities))) }
        }
    }

    /// Nil where they are not wanted.
    private mutating func probabilities(of block: Block) -> [Float]? {
        guard let temperature else { return nil }
        var probabilities: [Float] = []
        var factors: [Float] = []
        let centroids = assigner.centroids
        tiles.forEachTile(of: block, factors: &factors) { _, values in
            probabilities += Self.probabilities(values, centroids.centroids, centroids.metric, temperature)
        }
        return probabilities
    }

    /// Softmax over the centroids of x·c/τ under cosine, of −½‖x − c‖²/τ otherwise: rows × clusters.
    ///
    /// In Double, with operations whose bits are the same on every machine.
    private static func probabilities(
        _ tile: Span<Float>,
        _ centroids: Matrix,
        _ metric: Metric,
        _ temperature: Double
    ) -> [Float] {
        let count = tile.count / centroids.columns
        let scores = (0..<centroids.rows).map { Self.scores(tile, count, centroids, $0, metric) }
        var result: [Float] = []
        for row in 0..<count {
            let greatest = scores.reduce(-Double.infinity) { max($0, $1[row]) }
            let weights = scores.map { DeterministicMath.exp(($0[row] - greatest) / temperature) }
            let total = weights.reduce(0, +)
            for weight in weights { result.append(Float(weight / total)) }
        }
        return result
    }

    private static func scores(
        _ tile: Span<Float>,
        _ count: Int,
        _ centroids: Matrix,
        _ cluster: Int,
        _ metric: Metric
    ) -> [Double] {
        var scores = [Double](repeating: 0, count: count)
        var span = scores.mutableSpan
        centroids.withRow(cluster) { centroid in
            switch metric {
            case .cosine: DirectDistances.similarities(tile, toRow: centroid, into: &span)
            case .euclidean: DirectDistances.squaredDistances(tile, toRow: centroid, into: &span)
            }
        }
        return metric == .cosine ? scores : scores.map { -0.5 * $0 }
    }
}
