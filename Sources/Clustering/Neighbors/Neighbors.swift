import Foundation
package import Shards
package import Tensors

/// Exact nearest neighbours of every row of a dataset, or of other rows in it; METHODS §1.2.
///
/// **Rounds.** After the survey there is one round for each *band*, S consecutive blocks of the rows that get lists. The
/// task of block j compares it with the band's blocks. Without queries a pair of blocks is multiplied once and feeds the
/// lists of both: the tasks are the band's own blocks and those behind it, and block j meets the band's blocks i ≤ j. A
/// worker packs a band once and streams the other blocks past it, so a block is read once for S products. Lists of the
/// band's rows have all their entries when its round ends; the lists of later rows go on growing. The first band is half of
/// the others: it gives every row a threshold, without which each lease gathers K entries for each row of the band.
///
/// **Candidates.** The entries of these lists go by float32 scores, which propose and do not decide: lists have K = k + 4
/// of them, or as many as there are rows to find. After each band a second round, `settle`, scores the candidates of the
/// band's rows in float64 (`PairScores`) and keeps the k best; a row for which float32 could have left out one of those is
/// searched again, every pair in float64. So the result is the k best by (float64 score, index), whatever processor
/// proposed; `Tensors`' CertifiedNeighbors has the bound and its proof.
///
/// **Lists** hold at most K entries by (score, index) and merge in any order to the same bits (`NeighborLists`). The
/// coordinator keeps them in files and, in memory, one threshold for each row: the score of its K-th entry so far. It
/// broadcasts those of the rows at hand, and answers hold only what reaches them. Rounds go from the last block to the
/// band's own, which meet the fewest others, so that all workers end together.
///
/// **Traffic.** Let B be the blocks, b the rows of one, L the blocks of a lease and W the workers. Where the order of rows
/// says nothing about how near they are, a row that has seen r blocks takes on average K·min(1, n/r) entries from the next
/// n, since each of the first r + n blocks holds as many of its K nearest. A round whose band follows r blocks therefore
/// brings
///
///     (B − r − S)·b·K·min(1, S/r)             entries of rows behind the band, from its S new blocks
///   + ⌈(B − r)/L⌉·S·b·K·min(1, L/r)           entries of the band's rows, from each lease (those of the band's own
///                                             blocks reach only the blocks before them)
///
/// of 8 bytes, and 4 bytes for each row of a list; it sends 4 bytes for each row from the band on to each worker. Over all
/// rounds that is about 2·N·K·8·(1 + ln(B/S)) bytes: what the lists of the rows need, not of the B²/2 pairs. An order of
/// rows that is against it (nearer ones always later) can raise min(1, …) to 1, never further. The round that settles a
/// band sends each worker the candidates of its rows and the scores of those beyond the k-th, 4·(2·K − k) bytes a row, and
/// brings their lists, 8·k.
///
/// **Memory.** A worker holds the packed band (4·d bytes a row, S·b rows), and for each thread a block's panels (as many
/// bytes a row), its lists and those of the band; an answer has at most (S + L)·b·K entries, and L is such that those of a
/// lease's own rows take no more than `answerBytes` or one block. Under cosine it has the norms of all rows, 8 bytes each.
/// The coordinator holds answers as they arrive, the thresholds and the candidates of a band; lists are in files, 8·K bytes
/// a row while they grow and 8·k when they are settled, and in spills, which are about as many bytes as arrive for rows
/// behind a band and the settled lists. What a model holds of a band's candidates is in none of them.
package struct Neighbors: Program {
    package struct Settings: Codable, Sendable, Equatable {
        /// The neighbours of each row; at least 1.
        package var k: Int
        package var metric: NeighborMetric
        /// Whether a row may be its own neighbour.
        package var includesSelf: Bool
        /// The rows that get lists, where they are not those of the dataset itself.
        package var queries: DatasetDescription?
        /// The blocks of a band, S; nil for what suits their size. No part of the result's identity.
        package var bandBlocks: Int?

        package init(
            k: Int,
            metric: NeighborMetric = .cosine,
            includesSelf: Bool = false,
            queries: DatasetDescription? = nil,
            bandBlocks: Int? = nil
        ) {
            self.k = k
            self.metric = metric
            self.includesSelf = includesSelf
            self.queries = queries
            self.bandBlocks = bandBlocks
        }
    }

    package struct Model: Sendable {
        package internal(set) var survey: SurveyResult?
        /// Bands whose lists are final.
        package internal(set) var finishedBands = 0
        /// What the rounds left on the disk, in order.
        package internal(set) var spills: [DigestedFile.Name] = []
        /// Of the rows from the next band on; nil where no list has entries yet.
        var thresholds: Parameter?
        /// Of the rows of the band behind the finished ones, once it has been searched.
        var candidates: [Parameter]?

        /// Bands whose blocks have been multiplied with all that they are compared with.
        package var searchedBands: Int { finishedBands + (candidates == nil ? 0 : 1) }
    }

    package static let name = "neighbors"
    package static var dependsOnKernel: Bool { false }

    package let settings: Settings
    /// The rows that neighbours are found among.
    package let dataset: Dataset
    /// Rows that get lists, cut into blocks of the same size; nil where they are the dataset's own.
    package let queries: Dataset?
    /// The coordinator's alone: where the lists are, and the sink of the rounds.
    package var store: NeighborStore?

    /// The rows that get lists.
    package var listed: Dataset { queries ?? dataset }

    /// - Throws: `ClusteringError.Code.usage` for settings out of their range, `.badData` where the rows cannot have so many
    ///   neighbours or none at all; `ShardError` where the queries cannot be opened.
    package init(settings: Settings, dataset: Dataset) throws {
        try self.init(settings: settings, dataset: dataset, movesRows: true)
    }

    /// - Parameter movesRows: whether rows that float32 does not hold are compared by how far they are from their middle.
    init(settings: Settings, dataset: Dataset, movesRows: Bool) throws {
        self.settings = settings
        let queries = try settings.queries.map { try Dataset(description: $0) }
        let middle = movesRows ? Self.middle(of: dataset, queries, settings.metric) : nil
        self.dataset = middle.map(dataset.moved) ?? dataset
        self.queries = middle.flatMap { queries?.columns == dataset.columns ? queries?.moved(by: $0) : nil } ?? queries
        try checkNumbers()
        try checkShape(of: dataset)
        if let queries { try checkShape(of: queries) }
    }

    /// A point amid rows that float32 does not hold, for distances, which it does not change; nil where there is no need of one.
    private static func middle(of dataset: Dataset, _ queries: Dataset?, _ metric: NeighborMetric) -> [Double]? {
        let isWide = dataset.elementType.isWiderThanFloat || queries?.elementType.isWiderThanFloat == true
        return metric == .euclidean && isWide ? SearchOrigin.mean(ofRowsIn: dataset) : nil
    }

    private func checkNumbers() throws(ClusteringError) {
        guard settings.k >= 1, settings.bandBlocks ?? 1 >= 1 else {
            throw ClusteringError(.usage, "setting out of range, neighbors: \(settings.k); give at least 1")
        }
        let most = mostNeighbors
        guard settings.k <= most else {
            let others = queries != nil || settings.includesSelf ? "" : " others for each row"
            throw ClusteringError(
                .badData,
                "more neighbours than rows: \(settings.k) of the \(most)\(others) of \(dataset.path); "
                    + (most > 0 ? "ask for at most \(most)" : "give more rows")
            )
        }
    }

    private func checkShape(of rows: Dataset) throws(ClusteringError) {
        guard rows.columns == dataset.columns else {
            throw ClusteringError(
                .badData,
                "queries of \(rows.columns) columns, rows of \(dataset.columns): \(rows.path); "
                    + "use the same kind of embedding"
            )
        }
        guard rows.columns <= PackedRows.mostColumns, rows.rows <= Int(Int32.max) else {
            throw ClusteringError(
                .badData,
                "too large to search: \(rows.path) of \(rows.rows) × \(rows.columns); "
                    + "up to \(Int32.max) rows of \(PackedRows.mostColumns) columns can be"
            )
        }
    }

    package func makeMemory() -> NeighborsMemory {
        _ = RetainedMemory.isKept
        return NeighborsMemory()
    }
}

extension Neighbors.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        survey = try reader.read()
        finishedBands = try reader.read()
        spills = try reader.read()
        thresholds = try reader.read()
        candidates = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(survey)
        writer.write(finishedBands)
        writer.write(spills)
        writer.write(thresholds)
        writer.write(candidates)
    }
}

extension DigestedFile.Name: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        self.init(file: try reader.read(), sha256: try reader.read(), byteCount: try reader.read())
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(file)
        writer.write(sha256)
        writer.write(byteCount)
    }
}
