import CKernels

/// Sums over the columns of tiles, in Double, row after row.
package struct ColumnSums: Sendable, Equatable {
    /// Σ a of each column.
    package private(set) var sums: [Double]
    /// Σ a·b of each column.
    package private(set) var products: [Double]

    package init(columns: Int) {
        sums = [Double](repeating: 0, count: columns)
        products = sums
    }

    /// Adds the rows of two tiles of the same shape, which may be one.
    package mutating func add(_ a: Span<Float>, _ b: Span<Float>) {
        add(a, b, using: .best)
    }

    mutating func add(_ a: Span<Float>, _ b: Span<Float>, using set: InstructionSet) {
        let columns = sums.count
        let rows = TileShape.rows(in: a.count, columns: columns)
        precondition(a.count == b.count, "tiles of \(a.count) and \(b.count) values")
        unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    unsafe products.withUnsafeMutableBufferPointer { products in
                        guard let first = a.baseAddress, let second = b.baseAddress,
                            let total = sums.baseAddress, let product = products.baseAddress
                        else { return }
                        unsafe ck_column_sums(first, second, rows, columns, total, product, set.kernelArgument)
                    }
                }
            }
        }
    }
}
