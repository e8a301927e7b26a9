import CKernels

/// The right side of matrix products, laid out once for all products with it.
package struct PackedColumns: Sendable {
    /// Terms of each sum.
    package let inner: Int
    /// Columns of the products.
    package let columns: Int
    /// ⌈columns / 32⌉ panels of inner × 32 numbers, the last filled up with zeros.
    let panels: [Float]

    /// B, where B is `inner` × `columns`.
    package init(_ b: Span<Float>, inner: Int) {
        precondition(inner > 0 && b.count.isMultiple(of: inner), "\(b.count) values are not \(inner) rows")
        let columns = b.count / inner
        self.inner = inner
        self.columns = columns
        panels = unsafe Self.panels(b, inner, columns) { from, to in
            unsafe ck_pack_rows(from, inner, columns, columns, to)
        }
    }

    /// Bᵀ, where B is `columns` × `inner`.
    package init(transposed b: Span<Float>, inner: Int) {
        let columns = TileShape.rows(in: b.count, columns: inner)
        self.inner = inner
        self.columns = columns
        panels = unsafe Self.panels(b, inner, columns) { from, to in
            unsafe ck_pack_panels(from, inner, columns, inner, to, InstructionSet.best.kernelArgument)
        }
    }

    private static func panels(
        _ b: Span<Float>,
        _ inner: Int,
        _ columns: Int,
        _ pack: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) -> [Float] {
        let width = Int(ck_panel_columns)
        let count = (columns + width - 1) / width * width * inner
        return unsafe [Float](unsafeUninitializedCapacity: count) { panels, initialised in
            unsafe b.withUnsafeBufferPointer { b in
                guard let from = b.baseAddress, let to = panels.baseAddress else { return }
                unsafe pack(from, to)
                initialised = count
            }
        }
    }
}

/// Matrix products of which every element is one chain of float32 FMAs over the inner index in order.
///
/// The bits depend neither on the instruction set nor on which rows or columns are multiplied together. It owns the
/// scratch memory, so one is kept and used again.
package struct OrderedProduct: Sendable {
    /// How the left side lies in memory.
    package enum Left: Sendable {
        /// A, rows × inner.
        case rows
        /// Aᵀ, inner × rows: the product is that of the transpose.
        case columns
    }

    /// Which elements are wanted.
    package enum Part: Sendable {
        case whole
        /// Those on and above the diagonal of a square product; what stands below it afterwards is without meaning.
        case upperTriangle
    }

    private var scratch: [Float] = []

    package init() {}

    /// C = A·B, or C + A·B where `adds`, with C rows × `b.columns`.
    package mutating func multiply(
        _ a: Span<Float>,
        _ left: Left = .rows,
        by b: PackedColumns,
        part: Part = .whole,
        adds: Bool = false,
        into c: inout MutableSpan<Float>
    ) {
        multiply(a, left, by: b, part: part, adds: adds, into: &c, using: .best)
    }

    mutating func multiply(
        _ a: Span<Float>,
        _ left: Left = .rows,
        by b: PackedColumns,
        part: Part = .whole,
        adds: Bool = false,
        into c: inout MutableSpan<Float>,
        using set: InstructionSet
    ) {
        let rows = TileShape.rows(in: a.count, columns: b.inner)
        precondition(c.count == rows * b.columns, "a product of \(rows) × \(b.columns) into \(c.count) values")
        precondition(part == .whole || rows == b.columns, "the triangle of \(rows) × \(b.columns)")
        unsafe a.withUnsafeBufferPointer { a in
            unsafe c.withUnsafeMutableBufferPointer { c in
                unsafe multiply(
                    a.baseAddress,
                    left,
                    count: rows,
                    stride: left == .rows ? b.inner : rows,
                    by: b,
                    part: part,
                    adds: adds,
                    into: c.baseAddress,
                    using: set
                )
            }
        }
    }

    /// The same for a left side whose rows lie `stride` apart.
    mutating func multiply(
        _ a: UnsafePointer<Float>?,
        _ left: Left = .rows,
        count: Int,
        stride: Int,
        by b: PackedColumns,
        part: Part = .whole,
        adds: Bool = false,
        into c: UnsafeMutablePointer<Float>?,
        using set: InstructionSet
    ) {
        if scratch.isEmpty { scratch = [Float](count: Int(ck_product_scratch)) { _ in } }
        unsafe scratch.withUnsafeMutableBufferPointer { scratch in
            unsafe b.panels.withUnsafeBufferPointer { panels in
                unsafe ck_multiply(
                    a,
                    count,
                    b.inner,
                    stride,
                    left == .rows ? ck_left_rows : ck_left_columns,
                    panels.baseAddress,
                    b.columns,
                    part == .whole ? ck_whole_product : ck_upper_triangle,
                    adds ? 1 : 0,
                    scratch.baseAddress,
                    c,
                    set.kernelArgument
                )
            }
        }
    }
}
