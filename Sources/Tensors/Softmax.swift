import CKernels

/// Softmax over rows, forward and backward.
///
/// The exponential is our own and sums are taken over sixteen float32 lanes, so the bits are the same on every machine.
package enum Softmax {
    /// Turns each row of a tile, `columns` long, into its softmax.
    /// - Returns: what stood in the rows: log Σeˣ of a row is its maximum + log its total.
    @discardableResult
    package static func apply(
        to values: inout MutableSpan<Float>,
        columns: Int
    ) -> (maxima: [Float], totals: [Float]) {
        apply(to: &values, columns: columns, using: .best)
    }

    static func apply(
        to values: inout MutableSpan<Float>,
        columns: Int,
        using set: InstructionSet
    ) -> (maxima: [Float], totals: [Float]) {
        let rows = TileShape.rows(in: values.count, columns: columns)
        var maxima = [Float](repeating: 0, count: rows)
        var totals = maxima
        unsafe values.withUnsafeMutableBufferPointer { values in
            unsafe maxima.withUnsafeMutableBufferPointer { maxima in
                unsafe totals.withUnsafeMutableBufferPointer { totals in
                    unsafe ck_softmax(
                        values.baseAddress,
                        rows,
                        columns,
                        maxima.baseAddress,
                        totals.baseAddress,
                        set.kernelArgument
                    )
                }
            }
        }
        return (maxima, totals)
    }

    /// Turns slopes with respect to probabilities p into slopes with respect to the logits: with
    /// g = slopes + offsets − factors·other, they become p ∘ (g − Σ p∘g).
    /// - Parameters:
    ///   - p: rows × `offsets.count`, as `slopes` and `other`.
    ///   - factors: one for each row.
    package static func propagate(
        _ slopes: inout MutableSpan<Float>,
        through p: Span<Float>,
        offsets: Span<Float>,
        factors: Span<Float>,
        other: Span<Float>
    ) {
        propagate(&slopes, through: p, offsets: offsets, factors: factors, other: other, using: .best)
    }

    static func propagate(
        _ slopes: inout MutableSpan<Float>,
        through p: Span<Float>,
        offsets: Span<Float>,
        factors: Span<Float>,
        other: Span<Float>,
        using set: InstructionSet
    ) {
        let rows = TileShape.rows(in: p.count, columns: offsets.count)
        precondition(
            slopes.count == p.count && other.count == p.count && factors.count == rows,
            "slopes of \(slopes.count), \(p.count) probabilities, \(other.count) others, \(factors.count) factors"
        )
        unsafe slopes.withUnsafeMutableBufferPointer { slopes in
            unsafe p.withUnsafeBufferPointer { p in
                unsafe other.withUnsafeBufferPointer { other in
                    unsafe factors.withUnsafeBufferPointer { factors in
                        unsafe offsets.withUnsafeBufferPointer { offsets in
                            unsafe ck_softmax_back(
                                p.baseAddress,
                                other.baseAddress,
                                rows,
                                offsets.count,
                                factors.baseAddress,
                                offsets.baseAddress,
                                slopes.baseAddress,
                                set.kernelArgument
                            )
                        }
                    }
                }
            }
        }
    }
}
