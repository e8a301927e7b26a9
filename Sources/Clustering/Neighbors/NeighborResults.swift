import Shards
import Tensors

/// `neighbors.npy` and `similarities.npy` or `distances.npy` while settled lists arrive: k places for each row.
struct NeighborResults: ~Copyable, Sendable {
    static let indicesName = "neighbors.npy"

    /// The name of the file with the values: similarities, or distances under the Euclidean metric.
    static func valuesName(for metric: NeighborMetric) -> String {
        metric == .euclidean ? "distances.npy" : "similarities.npy"
    }

    private let rows: Int
    private let k: Int
    /// Rows that lists are made of.
    private let candidates: Int
    private let blockRows: Int
    private let metric: NeighborMetric
    private let prefix: String
    private let folder: RunFolder

    private var indices: NumpyRowsWriter<Int32>?
    private var values: NumpyRowsWriter<Float>?
    /// Rows that have arrived of each file since that was asked last.
    private var arrived = (indices: 0, values: 0)
    /// The row of the result that each row here is; nil where they are the same.
    private var order: [Int32]?

    /// - Parameters:
    ///   - prefix: what the names of the files begin with.
    ///   - isReordered: whether an order of the rows is to come, by which the result is sorted at the end.
    init(for program: Neighbors, in folder: RunFolder, prefix: String, isReordered: Bool) throws(ShardError) {
        self.folder = folder
        self.prefix = prefix
        // The sorted files are made beside these and need the names.
        let path = { (name: String) in folder.path(for: (isReordered ? "unsorted-" : "") + prefix + name) }
        rows = program.listed.rows
        k = program.settings.k
        candidates = program.dataset.rows
        blockRows = program.listed.blockRows
        metric = program.settings.metric
        indices = try NumpyRowsWriter(path: path(Self.indicesName), rows: rows, columns: k)
        values = try NumpyRowsWriter(path: path(Self.valuesName(for: metric)), rows: rows, columns: k)
    }

    /// Takes the lists' indices or their values for the rows from one on.
    /// - Throws: `ClusteringError.Code.internalError` where they do not fit: they may come from a peer.
    mutating func write(_ numbers: NamedArray.Values, field: String, firstRow: Int) throws {
        let count = numbers.count / k
        guard numbers.count == count * k, firstRow >= 0, firstRow <= rows - count else {
            throw Self.misfit(field, firstRow)
        }
        switch (field, numbers) {
        case (SettledLists.indicesField, .int32(let indices))
        where indices.allSatisfy { $0 >= 0 && Int($0) < candidates }:
            try self.indices?.write(indices, atRow: firstRow)
            arrived.indices += count
        case (SettledLists.valuesField, .float32(let values)) where values.allSatisfy(\.isFinite):
            try self.values?.write(values, atRow: firstRow)
            arrived.values += count
        default: throw Self.misfit(field, firstRow)
        }
    }

    private static func misfit(_ field: String, _ firstRow: Int) -> ClusteringError {
        ClusteringError(.internalError, "lists that do not fit: \(field) at row \(firstRow); report this")
    }

    /// Whether lists of so many rows have arrived since this was asked last.
    mutating func haveArrived(ofRows count: Int) -> Bool {
        defer { arrived = (0, 0) }
        return arrived == (count, count)
    }

    /// From now on the row i of every list is the row `order[i]` of the result.
    mutating func place(rowsInOrder order: [Int32]) { self.order = order }

    /// The similarities or distances of a row that has arrived.
    func values(ofRow row: Int) throws(ShardError) -> [Float] { try values?.read(rows: row..<row + 1) ?? [] }

    /// Gives the files their names.
    /// - Returns: those names.
    mutating func commit() throws(ShardError) -> [String] {
        if let order { try sort(by: order) }
        try indices.take()?.commit()
        try values.take()?.commit()
        return [prefix + Self.indicesName, prefix + Self.valuesName(for: metric)]
    }

    /// Puts files in the order of the result in the place of these, which go.
    private mutating func sort(by order: [Int32]) throws(ShardError) {
        var positions = [Int](repeating: 0, count: order.count)
        for (position, row) in order.enumerated() { positions[Int(row)] = position }
        indices = try sorted(indices.take(), as: prefix + Self.indicesName, positions)
        values = try sorted(values.take(), as: prefix + Self.valuesName(for: metric), positions)
    }

    private func sorted<Element>(
        _ file: consuming NumpyRowsWriter<Element>?,
        as name: String,
        _ positions: [Int]
    ) throws(ShardError) -> NumpyRowsWriter<Element>? {
        guard let file else { return nil }
        var sorted = try NumpyRowsWriter<Element>(path: folder.path(for: name), rows: rows, columns: k)
        for first in stride(from: 0, to: rows, by: blockRows) {
            var part: [Element] = []
            part.reserveCapacity(blockRows * k)
            for row in first..<min(rows, first + blockRows) {
                part += try file.read(rows: positions[row]..<positions[row] + 1)
            }
            try sorted.write(part, atRow: first)
        }
        return sorted
    }
}
