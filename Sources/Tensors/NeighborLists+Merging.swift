import CKernels

extension NeighborLists {
    /// Takes in other lists of the same rows: of both, the best `k` of each row, an index at most once (with its better
    /// score, should they differ).
    ///
    /// Associative, commutative and idempotent, so partial results may be merged in any order and more than once.
    package mutating func merge(_ other: NeighborLists) {
        precondition(rows == other.rows && k == other.k, "lists of different shape cannot be merged")
        var counts = [Int32](repeating: 0, count: rows)
        var indices: [Int32] = []
        let most = zip(self.counts, other.counts).reduce(0) { $0 + min(Int($1.0) + Int($1.1), k) }
        let scores = unsafe [Float](unsafeUninitializedCapacity: most) { scores, total in
            indices = unsafe [Int32](unsafeUninitializedCapacity: most) { indices, same in
                unsafe counts.withUnsafeMutableBufferPointer { counts in
                    unsafe withKernelArgument { one in
                        unsafe other.withKernelArgument { other in
                            total = unsafe ck_merge_lists(
                                one,
                                other,
                                rows,
                                k,
                                counts.baseAddress,
                                indices.baseAddress,
                                scores.baseAddress
                            )
                        }
                    }
                }
                same = total
            }
        }
        self = NeighborLists(checked: k, counts, indices, scores)
    }

    /// Lends the lists to a kernel.
    func withKernelArgument(_ body: (ck_lists) -> Void) {
        unsafe counts.withUnsafeBufferPointer { counts in
            unsafe indices.withUnsafeBufferPointer { indices in
                unsafe scores.withUnsafeBufferPointer { scores in
                    unsafe body(
                        ck_lists(counts: counts.baseAddress, indices: indices.baseAddress, scores: scores.baseAddress)
                    )
                }
            }
        }
    }
}
