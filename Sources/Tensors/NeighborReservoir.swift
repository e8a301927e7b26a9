/// What a search has found so far for each row of one block: at least its `k` best, in no order, and what it takes to
/// be better.
///
/// It gathers the pairs of one thread's searches and then gives them as `NeighborLists`, which can be merged with those
/// of others. Each pair of blocks may be searched into it once only.
package struct NeighborReservoir: Sendable {
    package let rows: Int
    package let k: Int
    private var floors: [Float]
    private var entries: [[(score: Float, index: Int32)]]

    /// - Parameters:
    ///   - k: the most entries a row is to have at the end, at least 1.
    ///   - thresholds: one per row: only pairs of at least this score are kept. They do not change the k best of a row
    ///     that has k such pairs elsewhere, but spare the search much work: give it the `thresholds` of lists that are
    ///     merged with these later.
    package init(rows: Int, k: Int, thresholds: [Float]? = nil) {
        precondition(rows > 0 && k > 0, "\(rows) lists of \(k)")
        precondition(thresholds.map { $0.count == rows } ?? true, "\(rows) rows need as many thresholds")
        self.rows = rows
        self.k = k
        floors = thresholds ?? [Float](repeating: -.infinity, count: rows)
        entries = Array(repeating: [], count: rows)
    }

    /// The score each row's pairs must have at least by now; never falls.
    package var thresholds: [Float] {
        let kth = lists().thresholds
        return zip(floors, kth).map { max($0, $1) }
    }

    /// Raises the thresholds, one per row, where these are higher: somebody else has found better.
    package mutating func raise(thresholds: [Float]) {
        precondition(thresholds.count == rows, "\(rows) rows need as many thresholds")
        floors = zip(floors, thresholds).map { max($0, $1) }
        for row in 0..<rows { entries[row].removeAll { $0.score < floors[row] } }
    }

    /// The best `k` pairs of each row, all of them at or above its threshold.
    package func lists() -> NeighborLists {
        var counts: [Int32] = []
        var indices: [Int32] = []
        var scores: [Float] = []
        for row in entries {
            let best = row.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.prefix(k)
            counts.append(Int32(best.count))
            indices += best.map(\.index)
            scores += best.map(\.score)
        }
        return NeighborLists(checked: k, counts, indices, scores)
    }

    mutating func offer(_ score: Float, _ index: Int, to row: Int) {
        if score >= floors[row] { entries[row].append((score, Int32(index))) }
    }
}
