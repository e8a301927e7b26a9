import CKernels

/// Finds nearest neighbours exactly, multiplying each pair of blocks once for both sides.
///
/// It owns scratch memory, so one is kept per thread. What is found is the same on every path: a dot product is summed
/// over the columns in order by float32 FMA, a squared distance directly, in 64 lanes of float32 FMA.
package struct NeighborSearch: Sendable {
    package let path: KernelPath
    private let set: InstructionSet
    /// Rows less their origin, of a chunk; grown when first needed.
    private var copies: [Float] = []

    /// - Parameter path: `blas` means the best fused kernel here, since the bits of a product must not depend on its
    ///   place.
    package init(path: KernelPath) {
        precondition(path.isAvailable, "kernel \(path.rawValue) does not run on this processor")
        self.path = path
        set = path.instructionSet ?? .best
    }

    /// Compares every row of one block with every row of another: the pairs go to both blocks' reservoirs.
    ///
    /// The blocks have the same columns, metric and origin, and no index in common; each reservoir has its block's
    /// rows.
    package mutating func search(
        _ left: PackedRows,
        _ right: PackedRows,
        into leftReservoir: inout NeighborReservoir,
        _ rightReservoir: inout NeighborReservoir
    ) {
        precondition(!left.indices.overlaps(right.indices), "rows compared with themselves as if with others")
        check(right, with: rightReservoir)
        unsafe leftReservoir.withKernelArgument { leftReservoir in
            unsafe rightReservoir.withKernelArgument { rightReservoir in
                unsafe search(left, right, leftReservoir, rightReservoir, ck_two_sided)
            }
        }
    }

    /// Compares every query with every row of a block; the pairs go to the queries' reservoir.
    ///
    /// Queries and rows have the same columns, metric and origin. Their indices are not compared: a query that is also
    /// among the rows finds itself.
    package mutating func search(
        _ queries: PackedRows,
        among rows: PackedRows,
        into reservoir: inout NeighborReservoir
    ) {
        unsafe reservoir.withKernelArgument { reservoir in
            unsafe search(queries, rows, reservoir, reservoir, ck_one_sided)
        }
    }

    /// Compares the rows of a block with one another.
    ///
    /// - Parameters:
    ///   - candidates: the same rows, where the block is not laid out for everything.
    ///   - includeSelf: whether a row may be its own neighbour. Its duplicates are its neighbours either way.
    package mutating func search(
        within block: PackedRows,
        candidates: PackedRows? = nil,
        includeSelf: Bool = false,
        into reservoir: inout NeighborReservoir
    ) {
        let candidates = candidates ?? block
        precondition(block.indices == candidates.indices, "a block compared with others as if with itself")
        unsafe reservoir.withKernelArgument { reservoir in
            unsafe search(block, candidates, reservoir, reservoir, includeSelf ? ck_within_with_self : ck_within)
        }
    }

    /// Compares some of the queries with every row of a block; the pairs go to the reservoir of all queries.
    ///
    /// - Parameters:
    ///   - picks: which of the queries' rows, none of them twice.
    ///   - includeSelf: whether a query may find the row of its own index.
    package mutating func search(
        _ picks: ArraySlice<Int32>,
        of queries: PackedRows,
        among rows: PackedRows,
        includeSelf: Bool,
        into reservoir: inout NeighborReservoir
    ) {
        precondition(picks.allSatisfy { $0 >= 0 && $0 < queries.rows }, "picks beyond the \(queries.rows) queries")
        precondition(queries.rows == reservoir.rows, "a reservoir of \(reservoir.rows) for \(queries.rows) rows")
        check(queries, rows)
        makeRoom(for: queries, always: true)
        unsafe reservoir.withKernelArgument { reservoir in
            unsafe copies.withUnsafeMutableBufferPointer { copies in
                unsafe queries.withKernelArgument { queries in
                    unsafe rows.withKernelArgument { rows in
                        unsafe picks.withUnsafeBufferPointer { picks in
                            unsafe ck_search_picked(
                                queries,
                                picks.baseAddress,
                                picks.count,
                                rows,
                                reservoir,
                                includeSelf ? ck_one_sided : ck_one_sided_others,
                                copies.baseAddress,
                                set.kernelArgument
                            )
                        }
                    }
                }
            }
        }
    }

    private func check(_ left: PackedRows, _ right: PackedRows) {
        precondition(
            left.columns == right.columns && left.metric == right.metric && left.origin == right.origin
                && left.use != .candidates && right.use != .queries,
            "blocks that were packed differently cannot be compared"
        )
    }

    private func check(_ rows: PackedRows, with reservoir: NeighborReservoir) {
        precondition(rows.rows == reservoir.rows, "a reservoir of \(reservoir.rows) for \(rows.rows) rows")
    }

    private mutating func search(
        _ left: PackedRows,
        _ right: PackedRows,
        _ leftReservoir: ck_reservoir,
        _ rightReservoir: ck_reservoir,
        _ form: ck_search_form
    ) {
        check(left, right)
        precondition(unsafe leftReservoir.count == left.rows, "a reservoir of other rows than the block's")
        makeRoom(for: left)
        unsafe copies.withUnsafeMutableBufferPointer { copies in
            unsafe left.withKernelArgument { left in
                unsafe right.withKernelArgument { right in
                    unsafe ck_search(
                        left,
                        right,
                        leftReservoir,
                        rightReservoir,
                        form,
                        copies.baseAddress,
                        set.kernelArgument
                    )
                }
            }
        }
    }

    private mutating func makeRoom(for block: PackedRows, always: Bool = false) {
        let stride = ck_row_stride(block.columns)
        let isNeeded = always || !block.origin.isEmpty
        let needed = isNeeded ? max(Int(ck_chunk_floats) / stride, Int(ck_tallest_tile)) * stride : 0
        if copies.count < needed { copies = [Float](repeating: 0, count: needed) }
    }
}
