import CKernels

/// Maps of tiles that treat every column by numbers of its own; all rows are as long as those.
///
/// Each operation is rounded on its own, so the bits are the same on every machine.
package enum ColumnMaps {
    /// values + row.
    package static func add(_ row: Span<Float>, to values: inout MutableSpan<Float>) {
        let rows = TileShape.rows(in: values.count, columns: row.count)
        unsafe values.withUnsafeMutableBufferPointer { values in
            unsafe row.withUnsafeBufferPointer { row in
                unsafe ck_add_row(
                    values.baseAddress,
                    rows,
                    row.count,
                    row.baseAddress,
                    InstructionSet.best.kernelArgument
                )
            }
        }
    }

    /// (values − means) · scales.
    package static func normalise(_ values: inout MutableSpan<Float>, means: Span<Float>, scales: Span<Float>) {
        let columns = means.count
        let rows = TileShape.rows(in: values.count, columns: columns)
        precondition(scales.count == columns, "\(columns) means and \(scales.count) scales")
        unsafe values.withUnsafeMutableBufferPointer { values in
            unsafe means.withUnsafeBufferPointer { means in
                unsafe scales.withUnsafeBufferPointer { scales in
                    unsafe ck_normalise(
                        values.baseAddress,
                        rows,
                        columns,
                        means.baseAddress,
                        scales.baseAddress,
                        InstructionSet.best.kernelArgument
                    )
                }
            }
        }
    }

    /// max(0, gains · values + shifts).
    package static func activate(
        _ values: Span<Float>,
        gains: Span<Float>,
        shifts: Span<Float>,
        into result: inout MutableSpan<Float>
    ) {
        let columns = gains.count
        let rows = TileShape.rows(in: values.count, columns: columns)
        precondition(shifts.count == columns && result.count == values.count, "shapes differ")
        unsafe values.withUnsafeBufferPointer { values in
            unsafe gains.withUnsafeBufferPointer { gains in
                unsafe shifts.withUnsafeBufferPointer { shifts in
                    unsafe result.withUnsafeMutableBufferPointer { result in
                        unsafe ck_activate(
                            values.baseAddress,
                            rows,
                            columns,
                            gains.baseAddress,
                            shifts.baseAddress,
                            result.baseAddress,
                            InstructionSet.best.kernelArgument
                        )
                    }
                }
            }
        }
    }

    /// Slopes behind `activate` to those before it, as far as the step function goes: 0 where the value was cut off.
    package static func gate(
        _ slopes: inout MutableSpan<Float>,
        by values: Span<Float>,
        gains: Span<Float>,
        shifts: Span<Float>
    ) {
        let columns = gains.count
        let rows = TileShape.rows(in: values.count, columns: columns)
        precondition(shifts.count == columns && slopes.count == values.count, "shapes differ")
        unsafe slopes.withUnsafeMutableBufferPointer { slopes in
            unsafe values.withUnsafeBufferPointer { values in
                unsafe gains.withUnsafeBufferPointer { gains in
                    unsafe shifts.withUnsafeBufferPointer { shifts in
                        unsafe ck_gate(
                            slopes.baseAddress,
                            values.baseAddress,
                            rows,
                            columns,
                            gains.baseAddress,
                            shifts.baseAddress,
                            InstructionSet.best.kernelArgument
                        )
                    }
                }
            }
        }
    }

    /// factors · (slopes − offsets − values · tilts): batch normalisation backward, the formula of Ioffe & Szegedy 2015.
    package static func normaliseBackward(
        _ slopes: inout MutableSpan<Float>,
        values: Span<Float>,
        factors: Span<Float>,
        offsets: Span<Float>,
        tilts: Span<Float>
    ) {
        let columns = factors.count
        let rows = TileShape.rows(in: values.count, columns: columns)
        precondition(offsets.count == columns && tilts.count == columns, "shapes differ")
        precondition(slopes.count == values.count, "\(slopes.count) slopes of \(values.count) values")
        unsafe slopes.withUnsafeMutableBufferPointer { slopes in
            unsafe values.withUnsafeBufferPointer { values in
                unsafe factors.withUnsafeBufferPointer { factors in
                    unsafe offsets.withUnsafeBufferPointer { offsets in
                        unsafe tilts.withUnsafeBufferPointer { tilts in
                            unsafe ck_normalise_back(
                                slopes.baseAddress,
                                values.baseAddress,
                                rows,
                                columns,
                                factors.baseAddress,
                                offsets.baseAddress,
                                tilts.baseAddress,
                                InstructionSet.best.kernelArgument
                            )
                        }
                    }
                }
            }
        }
    }
}
