extension NeighborLists {
    /// Lists that somebody else sent or wrote.
    ///
    /// - Parameters:
    ///   - rows: how many there must be.
    ///   - k: the most entries a row may have.
    ///   - indexRange: where every index must lie.
    /// - Throws: `TensorError.Code.listsMalformed` unless they could be the result of a search: counts that fit,
    ///   indices in range and no one twice, scores neither NaN nor −0, everything in order.
    package init(
        rows: Int,
        k: Int,
        indexRange: Range<Int>,
        counts: [Int32],
        indices: [Int32],
        scores: [Float]
    ) throws(TensorError) {
        guard counts.count == rows, counts.allSatisfy({ $0 >= 0 && $0 <= k }) else {
            throw Self.malformed("\(counts.count) counts do not give \(rows) rows up to \(k) each")
        }
        let total = counts.reduce(0) { $0 + Int($1) }
        guard indices.count == total && scores.count == total else {
            throw Self.malformed("\(indices.count) indices and \(scores.count) scores for \(total) entries")
        }
        self.init(checked: k, counts, indices, scores)
        for row in 0..<rows {
            if let fault = fault(ofRow: row, indexRange) { throw Self.malformed("\(fault) in list \(row)") }
        }
    }

    private func fault(ofRow row: Int, _ indexRange: Range<Int>) -> String? {
        let indices = indices(ofRow: row)
        let scores = scores(ofRow: row)
        guard indices.allSatisfy({ indexRange.contains(Int($0)) }) else { return "an index out of range" }
        guard scores.allSatisfy({ !$0.isNaN && $0.bitPattern != (-0.0 as Float).bitPattern }) else {
            return "a score that is no score"
        }
        for place in indices.indices.dropFirst() {
            let before = place - 1
            guard
                scores[before] > scores[place] || (scores[before] == scores[place] && indices[before] < indices[place])
            else { return "entries out of order" }
        }
        let sorted = indices.sorted()
        guard zip(sorted, sorted.dropFirst()).allSatisfy({ $0 != $1 }) else { return "an index twice" }
        return nil
    }

    private static func malformed(_ what: String) -> TensorError {
        TensorError(.listsMalformed, "malformed neighbour lists: \(what); send the lists of a search unchanged")
    }
}
