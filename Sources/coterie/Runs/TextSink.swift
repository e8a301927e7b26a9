import Clustering
import Shards
import Tensors

/// Takes what text-aided clustering delivers: the text counterparts and lists of neighbours, which the job itself reads
/// again, and the labels.
///
/// The counterparts stand under a hidden name from when the last has arrived until the job is done.
final class TextSink: ResultSink {
    static let hiddenName = ".text.npy"
    private static let name = "text.npy"

    private let folder: RunFolder
    private let labels: LabelsSink
    private let rows: Int
    private let columns: Int
    private let neighbors: FoundNeighbors?
    private var text: NumpyRowsWriter<Float>?

    /// - Parameters:
    ///   - texts: how many counterparts there are, of `columns` numbers.
    ///   - neighbors: where lists go; nil for a job that finds none.
    ///   - isResuming: whether counterparts that are there are this run's.
    init(
        folder: RunFolder,
        texts: Int,
        columns: Int,
        labels: LabelsSink,
        neighbors: FoundNeighbors? = nil,
        isResuming: Bool
    ) throws {
        self.folder = folder
        rows = texts
        self.columns = columns
        self.labels = labels
        self.neighbors = neighbors
        if !isResuming || !folder.has(Self.hiddenName) { try begin() }
    }

    /// Reserves the disk's room.
    private func begin() throws {
        text = try NumpyRowsWriter(path: folder.path(for: Self.hiddenName), rows: rows, columns: columns)
    }

    func write(_ values: NamedArray.Values, field: String, firstRow: Int) throws {
        if try neighbors?.writeLists(values, field: field, firstRow: firstRow) == true { return }
        guard field == Retrieval.field else { return try labels.write(values, field: field, firstRow: firstRow) }
        guard case .float32(let values) = values, values.count.isMultiple(of: columns),
            (0..<rows + 1).contains(firstRow + values.count / columns)
        else {
            throw ClusteringError(.internalError, "rows that do not fit: \(field) at row \(firstRow); report this")
        }
        // The round is done again where the run was stopped between its last row and a checkpoint.
        if text == nil { try begin() }
        try text?.write(values, atRow: firstRow)
        if text?.isComplete == true { try text.take()?.commit() }
    }

    func merge(_ lists: NeighborLists, field: String, firstRow: Int) throws {
        guard let neighbors else {
            throw ClusteringError(.internalError, "lists without a place: \(field) at row \(firstRow); report this")
        }
        try neighbors.merge(lists, field: field, firstRow: firstRow)
    }

    func commit() throws -> [String] {
        let names = try labels.commit()
        try folder.rename(Self.hiddenName, to: Self.name)
        return names + [Self.name]
    }
}
