import Shards
import Tensors

/// The lists of a search while they grow: K places for each row, the filled ones first, in files that are never given a
/// name.
struct NeighborFiles: ~Copyable, Sendable {
    private static let emptyIndex: Int32 = -1

    private let rows: Int
    private let k: Int
    /// Rows that lists are made of.
    private let candidates: Int
    private let blockRows: Int

    private var indices: NumpyRowsWriter<Int32>
    private var scores: NumpyRowsWriter<Float>
    /// Of each block; the files hold zeros otherwise.
    private var isWritten: [Bool]
    /// The score that a pair must at least have to enter each row's list.
    private(set) var thresholds: [Float]

    /// - Parameter prefix: what tells the files from those of other searches.
    init(for program: Neighbors, in folder: RunFolder, prefix: String) throws(ShardError) {
        let path = { (name: String) in folder.path(for: "candidates-" + prefix + name) }
        let (rows, k) = (program.listed.rows, program.candidateCount)
        let indices = try NumpyRowsWriter<Int32>(path: path("indices"), rows: rows, columns: k)
        let scores = try NumpyRowsWriter<Float>(path: path("scores"), rows: rows, columns: k)
        self.rows = rows
        self.k = k
        self.indices = indices
        self.scores = scores
        candidates = program.dataset.rows
        blockRows = program.listed.blockRows
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
        guard isWritten[rows.lowerBound / blockRows] else { return NeighborLists(rows: rows.count, k: k) }
        let indices = try indices.read(rows: rows)
        let scores = try scores.read(rows: rows)
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

    /// The rows of each block of some whole blocks.
    func blocks(of rows: Range<Int>) -> [Range<Int>] {
        stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows).map { block(from: $0) }
    }

    private func block(from first: Int) -> Range<Int> { first..<min(rows, first + blockRows) }

    private mutating func write(_ lists: NeighborLists, firstRow: Int) throws(ShardError) {
        guard lists.indices.count < lists.rows * k else {
            try indices.write(lists.indices, atRow: firstRow)
            try scores.write(lists.scores, atRow: firstRow)
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
        try self.indices.write(indices, atRow: firstRow)
        try self.scores.write(scores, atRow: firstRow)
    }
}
