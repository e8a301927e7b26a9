import Shards
import Tensors

extension NeighborsCost {
    private static let numberBytes = 4

    /// - Parameters:
    ///   - workers: at least 1.
    ///   - threads: of each.
    package init(of program: ApproximateNeighbors, workers: Int, threads: Int) {
        let (rows, k) = (program.dataset.rows, program.settings.k)
        let centroids = Self.numberBytes * program.settings.cells * program.dataset.columns
        let index = Self.numberBytes * rows + centroids
        received = rows * (Self.countBytes + Self.entryBytes * k)
        spilled = received
        // Those that each iteration begins with, and those that the rows are filed by.
        let sets = program.settings.hasCentroids ? 1 : ApproximateNeighbors.iterations + 1
        sent = workers * (sets * centroids + index)
        let leased = program.largestLease * program.taskBlocks * program.dataset.blockRows
        let answer = 3 * min(rows, leased) * k * Self.entryBytes
        worker = Self.processBytes + Self.worker(of: program, threads) + 2 * index + centroids + answer
        // The rows' order, their positions and cells, thresholds, and a snapshot of the model; the centroids likewise.
        // And the sampled rows, which it ranks the cells for.
        let sample = Self.numberBytes * program.sampledRows().count * program.dataset.columns
        coordinator = Self.processBytes + 8 * Self.numberBytes * rows + 4 * centroids + sample + answer
    }

    /// Packed cells and what tasks hold for their rows.
    private static func worker(of program: ApproximateNeighbors, _ threads: Int) -> Int {
        let task = min(program.dataset.rows, program.taskBlocks * program.dataset.blockRows)
        let layouts = program.settings.metric == .euclidean ? 2 : 1
        let cells = layouts * numberBytes * program.dataset.rows * program.dataset.columns
        let probing = min(cells, CellMemory.mostBytes) + threads * task * program.bytesOfQuery
        // Before that the sample and a block, each laid out in two ways beside the rows as they were read.
        let compared = program.sampledRows().count + min(program.dataset.rows, program.dataset.blockRows)
        return max(probing, threads * 3 * numberBytes * compared * program.dataset.columns)
    }
}
