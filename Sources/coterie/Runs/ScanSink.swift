import Clustering
import Shards
import Tensors

/// Takes what a scan delivers: lists of neighbours, which the job itself reads again, and labels.
final class ScanSink: ResultSink {
    private let labels: LabelsSink
    private let neighbors: MinedNeighbors

    init(folder: RunFolder, rows: Int, clusters: Int, probabilities: Bool, neighbors: MinedNeighbors) throws {
        labels = try LabelsSink(folder: folder, rows: rows, clusters: clusters, probabilities: probabilities)
        self.neighbors = neighbors
    }

    func write(_ values: NamedArray.Values, field: String, firstRow: Int) throws {
        try labels.write(values, field: field, firstRow: firstRow)
    }

    func merge(_ lists: NeighborLists, field: String, firstRow: Int) throws {
        try neighbors.merge(lists, field: field, firstRow: firstRow)
    }

    func commit() throws -> [String] { try labels.commit() }
}
