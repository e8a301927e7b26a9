import Clustering
import Shards
import Tensors

/// Takes what a scan delivers: lists of neighbours, which the job itself reads again, and labels.
final class ScanSink: ResultSink {
    private let labels: LabelsSink
    private let neighbors: FoundNeighbors
    private let images: Int
    private let count: Int

    /// - Parameters:
    ///   - rows: those to label.
    ///   - images: the rows that heads learn from, and how many neighbours of each are kept by views.
    init(
        folder: RunFolder,
        rows: Int,
        clusters: Int,
        probabilities: Bool,
        neighbors: FoundNeighbors,
        images: (rows: Int, count: Int)
    ) throws {
        labels = try LabelsSink(folder: folder, rows: rows, clusters: clusters, probabilities: probabilities)
        self.neighbors = neighbors
        (self.images, count) = images
    }

    func write(_ values: NamedArray.Values, field: String, firstRow: Int) throws {
        if try neighbors.writeLists(values, field: field, firstRow: firstRow) { return }
        if try neighbors.write(values, field: field, firstRow: firstRow, rows: images, count: count) { return }
        try labels.write(values, field: field, firstRow: firstRow)
    }

    func merge(_ lists: NeighborLists, field: String, firstRow: Int) throws {
        try neighbors.merge(lists, field: field, firstRow: firstRow)
    }

    func commit() throws -> [String] { try labels.commit() }
}
