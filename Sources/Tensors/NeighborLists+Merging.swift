extension NeighborLists {
    /// Takes in other lists of the same rows: of both, the best `k` of each row, an index at most once (with its better
    /// score, should they differ).
    ///
    /// Associative, commutative and idempotent, so partial results may be merged in any order and more than once.
    package mutating func merge(_ other: NeighborLists) {
        precondition(rows == other.rows && k == other.k, "lists of different shape cannot be merged")
        var counts: [Int32] = []
        var indices: [Int32] = []
        var scores: [Float] = []
        for row in 0..<rows {
            let entries = Self.merged(entries(ofRow: row), other.entries(ofRow: row)).prefix(k)
            counts.append(Int32(entries.count))
            indices += entries.map(\.index)
            scores += entries.map(\.score)
        }
        self = NeighborLists(checked: k, counts, indices, scores)
    }

    private func entries(ofRow row: Int) -> [(score: Float, index: Int32)] {
        Array(zip(scores(ofRow: row), indices(ofRow: row)))
    }

    private static func merged(
        _ one: [(score: Float, index: Int32)],
        _ other: [(score: Float, index: Int32)]
    ) -> [(score: Float, index: Int32)] {
        var seen: Set<Int32> = []
        return (one + other).sorted { ($1.score, $0.index) < ($0.score, $1.index) }.filter {
            seen.insert($0.index).inserted
        }
    }
}
