import CKernels

/// What the first pass over a dataset learns of each row.
///
/// Kept and measured into again, so that a pass allocates once.
package struct RowStatistics: Sendable, Equatable {
    /// Σx² of each row, in Double: eight lanes, element e in lane e mod 8, the lanes then added by halves.
    package private(set) var squaredNorms: [Double] = []
    /// The greatest |x| of each row; +∞ where the row is not finite.
    package private(set) var largest: [Float] = []
    /// The least |x| of each row that is not 0; +∞ where there is none. Of a finite row only.
    package private(set) var least: [Float] = []

    package init() {}

    /// Whether the row holds neither NaN nor infinity.
    package func isFinite(row: Int) -> Bool {
        // The square of a finite Float is far below the greatest Double, so only such a value makes the norm overflow.
        squaredNorms[row].isFinite
    }

    /// Measures a tile of rows × `columns` values; what was measured before is forgotten.
    package mutating func measure(_ rows: Span<Float>, columns: Int) {
        measure(rows, columns: columns, using: .best)
    }

    mutating func measure(_ rows: Span<Float>, columns: Int, using set: InstructionSet) {
        let count = TileShape.rows(in: rows.count, columns: columns)
        if squaredNorms.count != count {
            squaredNorms = [Double](repeating: 0, count: count)
            largest = [Float](repeating: 0, count: count)
            least = [Float](repeating: 0, count: count)
        }
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe squaredNorms.withUnsafeMutableBufferPointer { norms in
                unsafe largest.withUnsafeMutableBufferPointer { largest in
                    unsafe least.withUnsafeMutableBufferPointer { least in
                        guard
                            let base = rows.baseAddress, let norms = norms.baseAddress, let top = largest.baseAddress,
                            let bottom = least.baseAddress
                        else { return }
                        unsafe ck_row_statistics(base, count, columns, norms, top, bottom, set.kernelArgument)
                    }
                }
            }
        }
    }

    /// The factor that makes a row a unit vector, Float(1/√‖x‖²); nil where there is none, see
    /// `Matrix.normaliseRows()`.
    package static func unitFactor(squaredNorm: Double) -> Float? {
        let factor = Float(1 / squaredNorm.squareRoot())
        return squaredNorm > 0 && factor.isFinite ? factor : nil
    }

    /// Multiplies each row of the tile by its factor; as many rows as factors.
    package static func scaleRows(_ rows: inout MutableSpan<Float>, by factors: Span<Float>) {
        scaleRows(&rows, by: factors, using: .best)
    }

    static func scaleRows(_ rows: inout MutableSpan<Float>, by factors: Span<Float>, using set: InstructionSet) {
        guard !factors.isEmpty else { return }
        precondition(rows.count.isMultiple(of: factors.count), "\(rows.count) values are not \(factors.count) rows")
        let columns = rows.count / factors.count
        unsafe rows.withUnsafeMutableBufferPointer { rows in
            unsafe factors.withUnsafeBufferPointer { factors in
                guard let base = rows.baseAddress, let scale = factors.baseAddress else { return }
                unsafe ck_scale_rows(base, factors.count, columns, scale, set.kernelArgument)
            }
        }
    }
}
