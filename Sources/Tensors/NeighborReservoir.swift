import CKernels

/// What a search has found so far for each row of one block: its `k` best among others, in no order, and what it takes
/// to be better.
///
/// It gathers the pairs of one thread's searches and then gives them as `NeighborLists`, which can be merged with those
/// of others. Each pair of blocks may be searched into it once only: an entry that is there twice would count twice.
package struct NeighborReservoir: Sendable {
    package let rows: Int
    package let k: Int
    /// Places of a row, above k: entries gather behind the k best until it is full, then all but the k best are dropped,
    /// so that an entry costs the same few steps whatever `k` is.
    private let capacity: Int
    private var entries: [UInt64]
    private var states: [ck_reservoir_row]
    private var bounds: [Float]

    /// - Parameters:
    ///   - k: the most entries a row is to have at the end, at least 1.
    ///   - thresholds: one per row, not NaN: only pairs of at least this score are kept. They do not change the k best
    ///     of a row that has k such pairs elsewhere, but spare the search much work: give it the `thresholds` of lists
    ///     that are merged with these later.
    package init(rows: Int, k: Int, thresholds: [Float]? = nil) {
        precondition(rows > 0 && k > 0, "\(rows) lists of \(k)")
        self.rows = rows
        self.k = k
        capacity = k + min(max(k, 8), 512)
        entries = [UInt64](repeating: 0, count: rows * capacity)
        states = [ck_reservoir_row](repeating: ck_reservoir_row(least: 0, count: 0), count: rows)
        bounds = [Float](repeating: .infinity, count: rows + Int(ck_panel_columns) - 1)
        let thresholds = thresholds ?? [Float](repeating: -.infinity, count: rows)
        check(thresholds)
        unsafe withKernelArgument { reservoir in
            unsafe thresholds.withUnsafeBufferPointer { unsafe ck_open_reservoir(reservoir, $0.baseAddress) }
        }
    }

    /// The score each row's pairs must have at least by now; never falls.
    package var thresholds: [Float] {
        states.map { ck_entry_threshold($0.least) }
    }

    /// Raises the thresholds, one per row and not NaN, where these are higher: somebody else has found better.
    package mutating func raise(thresholds: [Float]) {
        check(thresholds)
        unsafe withKernelArgument { reservoir in
            unsafe thresholds.withUnsafeBufferPointer { unsafe ck_raise_reservoir(reservoir, $0.baseAddress) }
        }
    }

    /// The best `k` pairs of each row, all of them at or above its threshold.
    ///
    /// More pairs may follow afterwards.
    package mutating func lists() -> NeighborLists {
        var counts = [Int32](repeating: 0, count: rows)
        var indices: [Int32] = []
        let most = states.reduce(0) { $0 + min($1.count, k) }
        let scores = unsafe [Float](unsafeUninitializedCapacity: most) { scores, total in
            indices = unsafe [Int32](unsafeUninitializedCapacity: most) { indices, same in
                unsafe withKernelArgument { reservoir in
                    unsafe counts.withUnsafeMutableBufferPointer { counts in
                        total = unsafe ck_drain_reservoir(
                            reservoir,
                            counts.baseAddress,
                            indices.baseAddress,
                            scores.baseAddress
                        )
                    }
                }
                same = total
            }
        }
        return NeighborLists(checked: k, counts, indices, scores)
    }

    /// Lends the memory to the kernel.
    mutating func withKernelArgument(_ body: (ck_reservoir) -> Void) {
        unsafe entries.withUnsafeMutableBufferPointer { entries in
            unsafe states.withUnsafeMutableBufferPointer { states in
                unsafe bounds.withUnsafeMutableBufferPointer { bounds in
                    unsafe body(
                        ck_reservoir(
                            entries: entries.baseAddress,
                            rows: states.baseAddress,
                            bounds: bounds.baseAddress,
                            count: rows,
                            k: k,
                            capacity: capacity
                        )
                    )
                }
            }
        }
    }

    private func check(_ thresholds: [Float]) {
        precondition(
            thresholds.count == rows && !thresholds.contains(where: \.isNaN),
            "\(rows) rows need as many thresholds"
        )
    }
}
