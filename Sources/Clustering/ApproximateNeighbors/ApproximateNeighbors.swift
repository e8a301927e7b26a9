package import Shards
package import Tensors

/// Nearest neighbours of every row of a dataset among the rows of some cells, by an inverted file; METHODS §1.2.
///
/// **Cells.** Centroids are found by a few iterations of `KMeans` on a seeded sample of the rows, or given. Each row belongs
/// to the cell of its nearest centroid. The cells are put into a chain in which each is followed by one of the nearest that
/// are left, and the rows into the order of (place of the cell in the chain, row): a *position* is a row's place in that
/// order. A task of the search is some blocks of positions, so that its rows probe mostly the same cells, and those of the
/// task before.
///
/// **Probes.** Each row probes the cells whose centroids are nearest to it. A task turns that round: for each cell it gathers
/// its rows that probe the cell and multiplies them with the cell's rows, by the kernel of the exact search. With N rows, C
/// cells and P probes that is about 2·N·(N·P/C)·d operations, and 2·N·C·d each for the cells of the rows and for their
/// probes. A row whose probes have too few rows for k neighbours probes further cells until it has enough.
///
/// **Recall.** Two seeded samples of rows are searched exactly. From the first follows, in one pass, what recall each number of
/// probes would give: a neighbour is found where its cell is probed. The smallest number is taken whose lower confidence
/// bound meets the target. The second sample has no part in that choice: what was found for it is compared with the exact
/// answer at the end, and that is the recall that is reported. Where the probes are given there is no first sample.
///
/// **Ties.** Scores are those of the exact search, bit for bit, and equal ones go to the lower row: the answer is what an
/// exact search among the rows of a row's cells would give, so neither tasks nor workers have a part in it. As there, float32
/// scores propose K = k + 4 candidates and float64 scores decide; a task settles its own rows.
///
/// **Traffic.** Workers answer with 4 bytes for each row's cell and 8·k for its list, once. Before that each of the L leases
/// of an iteration brings the sums of the cells' rows, 8·C·(d + 1) bytes, and each lease of the sample's S rows their lists,
/// S·(8·(K + 1) + 4): with many cells and few rows that is most of what arrives. Each worker is sent the centroids of each of
/// I iterations and those that rows are filed by, 4·(I + 1)·C·d bytes, the numbers of the sampled rows, 8·S, their
/// candidates, 4·S·(2·K − k + 1), and the index, 4·N + 8·(C + 1) + 4·C·d; the sample's settled lists come back, 8·S·(k + 1).
/// L follows from tasks and workers: `NeighborsCost`.
///
/// **Memory.** A worker holds its task's rows, for each row a list, up to 2·K more entries and its probes (`taskBytes` at the
/// most, unless one block takes more), for each of its threads; the index; under cosine the norms of all rows, 8 bytes each;
/// and up to `CellMemory.mostBytes` of packed cells.
package struct ApproximateNeighbors: Program {
    package struct Settings: Codable, Sendable, Equatable {
        /// The neighbours of each row; at least 1.
        package var k: Int
        /// Cosine or Euclidean.
        package var metric: NeighborMetric
        /// Whether a row may be its own neighbour.
        package var includesSelf: Bool
        /// 1 to `mostCells`, and no more than there are rows.
        package var cells: Int
        /// Whether the coordinator has the cells' centroids already.
        package var hasCentroids: Bool
        /// The cells that each row's neighbours are looked for in; nil for as many as the target needs.
        package var probes: Int?
        /// Of the neighbours, above 0 and up to 1.
        package var targetRecall: Double
        package var seed: UInt64

        package init(
            k: Int,
            metric: NeighborMetric = .cosine,
            includesSelf: Bool = false,
            cells: Int,
            hasCentroids: Bool = false,
            probes: Int? = nil,
            targetRecall: Double = 0.99,
            seed: UInt64 = 0
        ) {
            self.k = k
            self.metric = metric
            self.includesSelf = includesSelf
            self.cells = cells
            self.hasCentroids = hasCentroids
            self.probes = probes
            self.targetRecall = targetRecall
            self.seed = seed
        }
    }

    package static let name = "approximate-neighbors"
    /// Enough for 16 million rows by `usualCells`, and few enough to find each row's cells by looking at all.
    package static let mostCells = 8192

    package let settings: Settings
    package let dataset: Dataset
    /// The search whose answer this one approximates.
    package let exact: Neighbors
    /// On a sample of the rows.
    let kmeans: KMeans
    let labelling: Labelling
    /// The coordinator's alone: where the lists are, and the sink of the rounds.
    package var store: NeighborStore?

    /// - Parameter centroids: the coordinator's, where the settings say that it has some.
    /// - Throws: `ClusteringError.Code.usage` for settings out of their range, `.badData` where the rows cannot have so many
    ///   neighbours or cells.
    package init(settings: Settings, dataset: Dataset, centroids: Matrix?) throws {
        self.settings = settings
        self.dataset = dataset
        try Self.check(settings, dataset)
        exact = try Neighbors(
            settings: .init(k: settings.k, metric: settings.metric, includesSelf: settings.includesSelf),
            dataset: dataset,
            // Cells are those of the rows where they are.
            movesRows: false
        )
        let metric: Metric = settings.metric == .cosine ? .cosine : .euclidean
        kmeans = try Self.training(settings, metric, on: dataset, from: centroids)
        labelling = try Labelling(settings: .init(metric: metric), dataset: dataset)
    }

    package init(settings: Settings, dataset: Dataset) throws {
        try self.init(settings: settings, dataset: dataset, centroids: nil)
    }

    private static func check(_ settings: Settings, _ dataset: Dataset) throws(ClusteringError) {
        let ranges: [(isInside: Bool, what: String)] = [
            (settings.metric != .innerProduct, "metric: \(settings.metric.rawValue); search exactly, or by cosine"),
            (
                (1...mostCells).contains(settings.cells),
                "cells: \(settings.cells); give from 1 to \(mostCells)"
            ),
            (
                settings.probes.map { (1...settings.cells).contains($0) } ?? true,
                "probes: \(settings.probes ?? 0) of \(settings.cells) cells; give from 1 to \(settings.cells)"
            ),
            (
                settings.targetRecall > 0 && settings.targetRecall <= 1,
                "target recall: \(settings.targetRecall); give above 0, at most 1"
            ),
        ]
        for range in ranges where !range.isInside {
            throw ClusteringError(.usage, "setting out of range, \(range.what)")
        }
        guard settings.cells <= dataset.rows else {
            throw ClusteringError(
                .badData,
                "more cells than rows: \(settings.cells) cells of the \(dataset.rows) rows of \(dataset.path); "
                    + "ask for fewer cells"
            )
        }
    }

    package func makeMemory() -> CellMemory { CellMemory() }
}
