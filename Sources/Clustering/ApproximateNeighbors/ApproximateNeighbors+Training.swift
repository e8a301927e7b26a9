import Shards
import Tensors

extension CounterRandom.Purpose {
    static let trainingRows = CounterRandom.Purpose(code: 0x6E6E_0002)
}

// How cells are found.
extension ApproximateNeighbors {
    /// Enough for cells that are compact; their centroids need not come to rest.
    static let iterations = 5
    /// Rows of the sample for each cell.
    private static let trainingRowsOfCell = 40
    /// Rows of a task, of which a small sample is to have some.
    private static let trainingBlockRows = 1024

    /// Cells for so many rows unless somebody says otherwise: 4·√rows, but no more than have 64 rows on average, with which
    /// the kernel has enough to do.
    package static func usualCells(rows: Int) -> Int {
        max(1, min(rows / 64, mostCells, Int(4 * Double(rows).squareRoot())))
    }

    static func training(
        _ settings: Settings,
        _ metric: Metric,
        on dataset: Dataset,
        from centroids: Matrix?
    ) throws(ClusteringError) -> KMeans {
        var kmeans = try KMeans(
            settings: .init(
                clusters: settings.cells,
                metric: metric,
                initialisation: settings.hasCentroids ? .given : .random,
                maximumIterations: iterations,
                seed: settings.seed
            ),
            dataset: dataset.selecting(
                trainingRows(settings, of: dataset.rows),
                blockRows: min(dataset.blockRows, trainingBlockRows)
            )
        )
        kmeans.initialCentroids = centroids
        return kmeans
    }

    /// A row drawn from each of so many even stretches of all rows, so that no order of them is against it.
    private static func trainingRows(_ settings: Settings, of rows: Int) -> [Int] {
        let count = min(rows, trainingRowsOfCell * settings.cells)
        let random = CounterRandom(seed: settings.seed, purpose: .trainingRows)
        return (0..<count).map { place in
            let stretch = place * rows / count..<(place + 1) * rows / count
            var draws = random.draws(forRow: UInt64(place))
            return stretch.lowerBound + draws.integer(below: stretch.count)
        }
    }
}
