import Shards
import Tensors

/// `neighbors.npy` and `similarities.npy` or `distances.npy` while they grow: k places for each row, the filled ones first.
struct NeighborFiles: ~Copyable, Sendable {
    static let indicesName = "neighbors.npy"

    /// The name of the file with the values: similarities, or distances under the Euclidean metric.
    static func valuesName(for metric: NeighborMetric) -> String {
        metric == .euclidean ? "distances.npy" : "similarities.npy"
    }

    private static let emptyIndex: Int32 = -1

    private let rows: Int
    private let k: Int
    /// Rows that lists are made of.
    private let candidates: Int
    private let blockRows: Int
    private let metric: NeighborMetric
    private let prefix: String

    private var indices: NumpyRowsWriter<Int32>?
    /// Scores while lists grow, what the file is named for once they are final.
    private var values: NumpyRowsWriter<Float>?
    /// Of each block; the files hold zeros otherwise.
    private var isWritten: [Bool]
    /// The score that a pair must at least have to enter each row's list.
    private(set) var thresholds: [Float]

    private let folder: RunFolder
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
        isWritten = [Bool](repeating: false, count: program.listed.blockCount)
        thresholds = [Float](repeating: -.infinity, count: rows)
    }

    /// Adds lists of one block to those that are there.
    mutating func merge(_ new: NeighborLists, firstRow: Int) throws {
        var lists = new
        if isWritten[firstRow / blockRows] {
            lists = try self.lists(of: firstRow..<firstRow + new.rows)
            lists.merge(new)
        }
        try write(lists, firstRow: firstRow)
        isWritten[firstRow / blockRows] = true
        thresholds.replaceSubrange(firstRow..<firstRow + lists.rows, with: lists.thresholds)
    }

    /// Lists of the rows of one block as they stand, before they are final.
    func lists(of rows: Range<Int>) throws -> NeighborLists {
        guard isWritten[rows.lowerBound / blockRows], let indices = try indices?.read(rows: rows),
            let scores = try values?.read(rows: rows)
        else { return NeighborLists(rows: rows.count, k: k) }
        // Most lists that are read are full, and need no looking through.
        let isFull = !indices.contains(Self.emptyIndex)
        let places = isFull ? [] : indices.indices.filter { indices[$0] != Self.emptyIndex }
        return try NeighborLists(
            rows: rows.count,
            k: k,
            indexRange: 0..<candidates,
            counts: (0..<rows.count).map { row in
                let list = indices[row * k..<(row + 1) * k]
                return Int32(isFull ? k : list.firstIndex(of: Self.emptyIndex).map { $0 - list.startIndex } ?? k)
            },
            indices: isFull ? indices : places.map { indices[$0] },
            scores: isFull ? scores : places.map { scores[$0] }
        )
    }

    /// Lists of one block that were written down.
    func lists(from reader: inout ModelReader, firstRow: Int) throws -> NeighborLists {
        try NeighborLists(
            rows: block(from: firstRow).count,
            k: k,
            indexRange: 0..<candidates,
            counts: try reader.readNumbers(),
            indices: try reader.readNumbers(),
            scores: try reader.readNumbers()
        )
    }

    /// Puts distances in the place of the scores of full lists, where the result holds those.
    mutating func finish(_ lists: NeighborLists, firstRow: Int) throws(ShardError) {
        guard metric == .euclidean else { return }
        try values?.write(lists.scores.map { (-$0).squareRoot() }, atRow: firstRow)
    }

    /// The rows of each block of some whole blocks.
    func blocks(of rows: Range<Int>) -> [Range<Int>] {
        stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows).map { block(from: $0) }
    }

    private func block(from first: Int) -> Range<Int> { first..<min(rows, first + blockRows) }

    private mutating func write(_ lists: NeighborLists, firstRow: Int) throws(ShardError) {
        guard lists.indices.count < lists.rows * k else {
            try indices?.write(lists.indices, atRow: firstRow)
            try values?.write(lists.scores, atRow: firstRow)
            return
        }
        var indices: [Int32] = []
        var scores: [Float] = []
        indices.reserveCapacity(lists.rows * k)
        scores.reserveCapacity(lists.rows * k)
        for row in 0..<lists.rows {
            let empty = k - Int(lists.counts[row])
            indices += lists.indices(ofRow: row)
            scores += lists.scores(ofRow: row)
            indices += repeatElement(Self.emptyIndex, count: empty)
            scores += repeatElement(-.infinity, count: empty)
        }
        try self.indices?.write(indices, atRow: firstRow)
        try values?.write(scores, atRow: firstRow)
    }

    /// From now on the row i of every list is the row `order[i]` of the result.
    mutating func place(rowsInOrder order: [Int32]) { self.order = order }

    /// The values of a row of a block that is final, as the result holds them.
    func finalValues(ofRow row: Int) throws(ShardError) -> [Float] { try values?.read(rows: row..<row + 1) ?? [] }

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
        for block in blocks(of: 0..<rows) {
            var part: [Element] = []
            part.reserveCapacity(block.count * k)
            for row in block { part += try file.read(rows: positions[row]..<positions[row] + 1) }
            try sorted.write(part, atRow: block.lowerBound)
        }
        return sorted
    }
}
