import CKernels

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
        precondition(rows >= 0 && k > 0, "\(rows) lists of \(k)")
        guard counts.count == rows, counts.allSatisfy({ $0 >= 0 && $0 <= k }) else {
            throw Self.malformed("\(counts.count) counts do not give \(rows) rows up to \(k) entries each")
        }
        let total = counts.reduce(0) { $0 + Int($1) }
        guard indices.count == total && scores.count == total else {
            throw Self.malformed("\(indices.count) indices and \(scores.count) scores for \(total) entries")
        }
        self.init(checked: k, counts, indices, scores)
        if let fault = fault(indexRange) { throw Self.malformed(fault) }
    }

    private func fault(_ indexRange: Range<Int>) -> String? {
        guard !indices.isEmpty else { return nil }
        let allowed = indexRange.clamped(to: 0..<Int(Int32.max) + 1)
        guard let highest = allowed.last else { return "entries where there is nothing to find" }
        var fault = ck_list_sound
        var row = 0
        unsafe withKernelArgument { lists in
            fault = unsafe ck_check_lists(lists, rows, Int32(allowed.lowerBound), Int32(highest), &row)
        }
        switch fault {
        case ck_list_index_out_of_range: return "index out of range in list \(row)"
        case ck_list_score_invalid: return "NaN or -0 as a score in list \(row)"
        case ck_list_out_of_order: return "entries out of order in list \(row)"
        case ck_list_index_twice: return "an index twice in list \(row)"
        default: return nil
        }
    }

    private static func malformed(_ what: String) -> TensorError {
        TensorError(.listsMalformed, "malformed neighbour lists: \(what); send the lists of a search unchanged")
    }
}
