import Shards
import Tensors

extension NeighborsCost {
    private static let numberBytes = 4
    /// Of sums, and of numbers of rows.
    private static let wideBytes = 8

    /// - Parameters:
    ///   - workers: at least 1.
    ///   - threads: of each.
    package init(of program: ApproximateNeighbors, workers: Int, threads: Int) {
        let (rows, cells, k) = (program.dataset.rows, program.settings.cells, program.settings.k)
        let centroids = Self.numberBytes * cells * program.dataset.columns
        let index = Self.numberBytes * rows + Self.wideBytes * (cells + 1) + centroids
        let sampledRows = program.sampledRows().count
        let lists = rows * Self.entryBytes * k
        spilled = lists
        let iterations = program.settings.hasCentroids ? 0 : ApproximateNeighbors.iterations
        received = lists + Self.receivedBefore(program, iterations, sampledRows, workers)
        // Those that each iteration begins with, and those that the rows are filed by.
        let sample = sampledRows * (Self.wideBytes + Self.bytesOfSampledRow(program))
        sent = workers * ((iterations + 1) * centroids + sample + index)
        let leased = program.largestLease * program.taskBlocks * program.dataset.blockRows
        let answer = 3 * min(rows, leased) * k * Self.entryBytes
        worker = Self.processBytes + Self.worker(of: program, threads) + 2 * index + centroids + answer
        // The rows' order, their positions and cells, thresholds, and a snapshot of the model; the centroids likewise.
        // And the sampled rows, which it ranks the cells for.
        let ranked = Self.numberBytes * sampledRows * program.dataset.columns
        coordinator = Self.processBytes + 8 * Self.numberBytes * rows + 4 * centroids + ranked + answer
    }

    /// What settles a sampled row: its candidates, and the scores of those beyond its neighbours.
    private static func bytesOfSampledRow(_ program: ApproximateNeighbors) -> Int {
        numberBytes * (2 * program.candidatesOfSample - program.listLengthOfSample)
    }

    /// What arrives before the search: from each lease of each iteration the sums of the cells' rows with their counts, the
    /// cell of each row, from each lease of the sample's search its lists, and those settled.
    private static func receivedBefore(
        _ program: ApproximateNeighbors,
        _ iterations: Int,
        _ sampledRows: Int,
        _ workers: Int
    ) -> Int {
        let sums = wideBytes * program.settings.cells * (program.dataset.columns + 1)
        let training = iterations * leases(of: program.kmeans.dataset.blockCount, workers: workers).count * sums
        let lists = leases(of: program.dataset.blockCount, workers: workers).map { blocks in
            let found = min(program.candidatesOfSample, blocks * program.dataset.blockRows)
            return sampledRows * (countBytes + entryBytes * found)
        }
        let settled = sampledRows * entryBytes * program.listLengthOfSample
        return training + numberBytes * program.dataset.rows + lists.reduce(0, +) + settled
    }

    /// Packed cells and what tasks hold for their rows.
    private static func worker(of program: ApproximateNeighbors, _ threads: Int) -> Int {
        let task = min(program.dataset.rows, program.taskBlocks * program.dataset.blockRows)
        let layouts = program.settings.metric == .euclidean ? 2 : 1
        let cells = layouts * numberBytes * program.dataset.rows * program.dataset.columns
        let norms = program.settings.metric == .cosine ? wideBytes * program.dataset.rows : 0
        let probing = min(cells, CellMemory.mostBytes) + threads * task * program.bytesOfQuery + norms
        // Before that the sample and a block, each laid out in two ways beside the rows as they were read.
        let compared = program.sampledRows().count + min(program.dataset.rows, program.dataset.blockRows)
        return max(probing, threads * 3 * numberBytes * compared * program.dataset.columns)
    }
}
