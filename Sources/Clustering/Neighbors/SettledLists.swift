import Tensors

/// Final lists of some rows: k neighbours of each, best first, and what is written for how near they are.
///
/// They are in the order of float64 scores, of which what is written cannot show every difference.
struct SettledLists {
    static let indicesField = "neighbors"
    static let valuesField = "values"

    let k: Int
    private(set) var indices: [Int32]
    private(set) var values: [Float]

    /// Lists that are all to be set.
    init(rows: Int, k: Int) {
        self.k = k
        indices = [Int32](repeating: 0, count: rows * k)
        values = [Float](repeating: 0, count: rows * k)
    }

    mutating func set(_ list: some Collection<BestLists.Entry>, ofRow row: Int, as pairs: PairScores) {
        precondition(list.count == k, "a list of \(list.count) instead of \(k)")
        for (place, entry) in list.enumerated() {
            indices[row * k + place] = Int32(entry.index)
            values[row * k + place] = pairs.written(entry.score)
        }
    }

    /// Puts the lists into an answer of `emptyPartial`.
    func give(firstRow: Int, to partial: inout Partial) {
        partial.withRows(0) { $0.insert(.init(firstRow: firstRow, values: .int32(indices))) }
        partial.withRows(1) { $0.insert(.init(firstRow: firstRow, values: .float32(values))) }
    }

    static func emptyPartial() -> Partial {
        Partial([(indicesField, .rows(RowPieces())), (valuesField, .rows(RowPieces()))])
    }
}
