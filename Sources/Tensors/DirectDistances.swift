import CKernels

/// Squared distances and dot products taken directly in Double, without the cancellation of ‖x‖² − 2x·c + ‖c‖².
///
/// Σ over eight lanes, element e in lane e mod 8, the lanes then added by halves, every operation rounded on its own:
/// the bits are the same on every machine.
package enum DirectDistances {
    /// Σ(x − c)² of each row of the tile, c being the row of `centres` its label names.
    package static func squaredDistances(
        _ rows: Span<Float>,
        to labels: Span<Int32>,
        of centres: Matrix,
        into result: inout MutableSpan<Double>
    ) {
        unsafe measure(rows, labels, centres, &result, ck_squared_distances_to_labelled, .best)
    }

    /// Σ x·c of each row of the tile, c being the row of `centres` its label names.
    package static func similarities(
        _ rows: Span<Float>,
        to labels: Span<Int32>,
        of centres: Matrix,
        into result: inout MutableSpan<Double>
    ) {
        unsafe measure(rows, labels, centres, &result, ck_dot_products_with_labelled, .best)
    }

    /// Σ(x − c)² of each row of the tile, c being `row`.
    package static func squaredDistances(
        _ rows: Span<Float>,
        toRow row: Span<Float>,
        into result: inout MutableSpan<Double>
    ) {
        unsafe measure(rows, row, &result, ck_squared_distances_to_row, .best)
    }

    /// Σ x·c of each row of the tile, c being `row`.
    package static func similarities(
        _ rows: Span<Float>,
        toRow row: Span<Float>,
        into result: inout MutableSpan<Double>
    ) {
        unsafe measure(rows, row, &result, ck_dot_products_with_row, .best)
    }

    /// Σ(x − c)² of each row, c being the row of `centres` its label names.
    package static func squaredDistances(_ rows: ExactRows, to labels: [Int32], of centres: Matrix) -> [Double] {
        var result = [Double](repeating: 0, count: labels.count)
        var span = result.mutableSpan
        if rows.isWide {
            rows.withWide {
                unsafe measure($0, labels.span, centres, &span, ck_wide_squared_distances_to_labelled, .best)
            }
        } else {
            rows.withValues { squaredDistances($0, to: labels.span, of: centres, into: &span) }
        }
        return result
    }

    /// Σ x·c of each row times its factor, c being the row of `centres` its label names.
    package static func similarities(_ rows: ExactRows, to labels: [Int32], of centres: Matrix) -> [Double] {
        var result = [Double](repeating: 0, count: labels.count)
        var span = result.mutableSpan
        if rows.isWide {
            rows.withWide {
                unsafe measure($0, labels.span, centres, &span, ck_wide_dot_products_with_labelled, .best)
            }
        } else {
            rows.withValues { similarities($0, to: labels.span, of: centres, into: &span) }
        }
        return rows.factors.isEmpty ? result : zip(result, rows.factors).map { $0 * $1 }
    }

    typealias LabelledKernel<Element> = (
        UnsafePointer<Element>?, Int, Int, UnsafePointer<Int32>?, UnsafePointer<Float>?, UnsafeMutablePointer<Double>?,
        ck_instruction_set
    ) -> Void

    static func measure<Element>(
        _ rows: Span<Element>,
        _ labels: Span<Int32>,
        _ centres: Matrix,
        _ result: inout MutableSpan<Double>,
        _ kernel: LabelledKernel<Element>,
        _ set: InstructionSet
    ) {
        let count = TileShape.rows(in: rows.count, columns: centres.columns)
        precondition(labels.count == count && result.count == count, "\(count) rows need as many labels and results")
        TileShape.checkLabels(labels, below: centres.rows)
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe labels.withUnsafeBufferPointer { labels in
                unsafe centres.values.withUnsafeBufferPointer { values in
                    unsafe result.withUnsafeMutableBufferPointer { result in
                        unsafe kernel(
                            rows.baseAddress,
                            count,
                            centres.columns,
                            labels.baseAddress,
                            values.baseAddress,
                            result.baseAddress,
                            set.kernelArgument
                        )
                    }
                }
            }
        }
    }

    typealias RowKernel = (
        UnsafePointer<Float>?, Int, Int, UnsafePointer<Float>?, UnsafeMutablePointer<Double>?, ck_instruction_set
    ) -> Void

    static func measure(
        _ rows: Span<Float>,
        _ row: Span<Float>,
        _ result: inout MutableSpan<Double>,
        _ kernel: RowKernel,
        _ set: InstructionSet
    ) {
        let columns = row.count
        let count = TileShape.rows(in: rows.count, columns: columns)
        precondition(result.count == count, "\(count) rows need as many results")
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe row.withUnsafeBufferPointer { row in
                unsafe result.withUnsafeMutableBufferPointer { result in
                    unsafe kernel(
                        rows.baseAddress,
                        count,
                        columns,
                        row.baseAddress,
                        result.baseAddress,
                        set.kernelArgument
                    )
                }
            }
        }
    }
}
