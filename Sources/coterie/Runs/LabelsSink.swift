import Clustering
import Shards

/// What takes the rows of a job's answers and puts them into files of the run's folder.
protocol ResultSink: RowSink {
    /// Gives the files their names.
    /// - Returns: those names.
    func commit() throws -> [String]
}

/// Writes labels aside as they arrive; they get their name when the job is done.
final class LabelsSink: ResultSink {
    private var labels: NumpyRowsWriter<Int32>?
    private var probabilities: NumpyRowsWriter<Float>?
    private let clusters: Int
    private let rows: Range<Int>

    /// - Parameter probabilities: whether the rounds also give a probability for each row and cluster.
    init(folder: RunFolder, rows: Int, clusters: Int, probabilities: Bool = false) throws {
        self.clusters = clusters
        self.rows = 0..<rows
        labels = try NumpyRowsWriter(path: folder.path(for: "labels.npy"), rows: rows, columns: nil)
        if probabilities {
            self.probabilities = try NumpyRowsWriter(
                path: folder.path(for: "probabilities.npy"),
                rows: rows,
                columns: clusters
            )
        }
    }

    func write(_ values: NamedArray.Values, field: String, firstRow: Int) throws {
        switch (field, values) {
        case ("labels", .int32(let values)) where rows.contains(firstRow..<firstRow + values.count):
            try labels?.write(values, atRow: firstRow)
        case ("probabilities", .float32(let values))
        where values.count.isMultiple(of: clusters)
            && rows.contains(firstRow..<firstRow + values.count / clusters):
            try probabilities?.write(values, atRow: firstRow)
        default:
            throw ClusteringError(.internalError, "rows that do not fit: \(field) at row \(firstRow); report this")
        }
    }

    func commit() throws -> [String] {
        var names: [String] = []
        if let writer = labels.take() {
            try writer.commit()
            names.append("labels.npy")
        }
        if let writer = probabilities.take() {
            try writer.commit()
            names.append("probabilities.npy")
        }
        return names
    }
}
