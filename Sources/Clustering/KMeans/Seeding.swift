import Shards
import Tensors

extension CounterRandom.Purpose {
    static let randomRows = CounterRandom.Purpose(code: 0x6B6D_0001)
    static let firstCentre = CounterRandom.Purpose(code: 0x6B6D_0002)
    static let race = CounterRandom.Purpose(code: 0x6B6D_0003)
    static let spread = CounterRandom.Purpose(code: 0x6B6D_0004)
    static let reduction = CounterRandom.Purpose(code: 0x6B6D_0005)
    static let greedy = CounterRandom.Purpose(code: 0x6B6D_0006)
}

extension KMeans {
    /// Begins a restart by the way the settings name.
    func seed(_ model: inout Model) throws {
        switch settings.initialisation {
        case .given: iterate(from: try givenCentroids(), &model)
        case .random: iterate(from: centroids(at: randomRows(restart: model.restart)), &model)
        case .plusPlus: try race(from: [firstCentre(restart: model.restart)], &model)
        case .greedy: choose(from: firstCentre(restart: model.restart), &model)
        case .parallel: spread(from: firstCentre(restart: model.restart), &model)
        }
    }

    /// The numbers of a restart's `step`.
    func random(_ purpose: CounterRandom.Purpose, restart: Int, step: Int = 0) -> CounterRandom {
        CounterRandom(seed: settings.seed, purpose: purpose, round: UInt64(restart) << 32 | UInt64(step))
    }

    /// These rows as centroids.
    func centroids(at rows: [Int]) -> Matrix {
        let tiles = RowTiles(of: dataset, metric: settings.metric)
        return Matrix(rows: rows.count, columns: dataset.columns, values: rows.flatMap(tiles.row))
    }

    /// K distinct rows, every set of them equally likely, or drawn by their weights.
    private func randomRows(restart: Int) -> [Int] {
        if let weights { return weights.drawnRows(settings.clusters, random(.randomRows, restart: restart)) }
        var draws = random(.randomRows, restart: restart).draws(forRow: 0)
        return draws.distinctIntegers(settings.clusters, below: dataset.rows)
    }

    private func firstCentre(restart: Int) -> Int {
        if let weights { return weights.drawnRows(1, random(.firstCentre, restart: restart))[0] }
        var draws = random(.firstCentre, restart: restart).draws(forRow: 0)
        return draws.integer(below: dataset.rows)
    }

    private func givenCentroids() throws(ClusteringError) -> Matrix {
        guard var centroids = initialCentroids else {
            throw ClusteringError(.usage, "initial centroids missing: --init; name a file of them")
        }
        guard centroids.rows == settings.clusters, centroids.columns == dataset.columns else {
            throw ClusteringError(
                .badData,
                "initial centroids of another shape: \(centroids.rows) × \(centroids.columns); "
                    + "give \(settings.clusters) rows of \(dataset.columns)"
            )
        }
        try centroids.makeUsable(for: settings.metric, as: "initial centroids")
        return centroids
    }
}
