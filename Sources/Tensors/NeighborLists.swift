/// For each of some rows, its at most `k` nearest others, best first: score descending, then index ascending.
///
/// A row's list holds no index twice. Only filled places are stored, one row's after the other's, so this is also the
/// form in which lists are sent and written.
package struct NeighborLists: Sendable, Equatable {
    /// The most entries of a row.
    package let k: Int
    /// How many entries each row has, 0 to `k`.
    package let counts: [Int32]
    /// The indices of all entries, row after row.
    package let indices: [Int32]
    /// The scores of all entries, row after row; see `NeighborMetric`.
    package let scores: [Float]
    /// Where each row's entries begin, and after them the number of all entries.
    let starts: [Int]

    /// Lists with no entries yet.
    package init(rows: Int, k: Int) {
        precondition(rows >= 0 && k > 0, "\(rows) lists of \(k)")
        self.init(checked: k, [Int32](repeating: 0, count: rows), [], [])
    }

    /// Lists that are known to be in order.
    init(checked k: Int, _ counts: [Int32], _ indices: [Int32], _ scores: [Float]) {
        self.k = k
        self.counts = counts
        self.indices = indices
        self.scores = scores
        var starts = [0]
        starts.reserveCapacity(counts.count + 1)
        for count in counts { starts.append(starts[starts.count - 1] + Int(count)) }
        self.starts = starts
    }

    package var rows: Int { counts.count }

    /// The indices of a row's entries, best first.
    package func indices(ofRow row: Int) -> ArraySlice<Int32> { indices[range(ofRow: row)] }

    /// The scores of a row's entries, best first.
    package func scores(ofRow row: Int) -> ArraySlice<Float> { scores[range(ofRow: row)] }

    /// The lists of some of the rows.
    package func lists(ofRows rows: Range<Int>) -> NeighborLists {
        let entries = starts[rows.lowerBound]..<starts[rows.upperBound]
        return NeighborLists(checked: k, Array(counts[rows]), Array(indices[entries]), Array(scores[entries]))
    }

    /// The score that a pair must at least have to enter each row's list: that of the k-th entry, −∞ while there is
    /// room.
    package var thresholds: [Float] {
        (0..<rows).map { counts[$0] == k ? scores[starts[$0 + 1] - 1] : -.infinity }
    }

    private func range(ofRow row: Int) -> Range<Int> { starts[row]..<starts[row + 1] }
}
