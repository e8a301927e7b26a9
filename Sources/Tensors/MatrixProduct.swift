import COpenBLAS

/// Matrix products on OpenBLAS, always with one thread per call: the bits of a product change with its shape, the
/// number of threads and the processor, so the threads are ours and callers keep to fixed shapes.
package enum MatrixProduct {
    /// C = A·Bᵀ: `a` is m × inner, `b` n × inner, `c` m × n, where m and n follow from the sizes (with inner ≥ 1).
    ///
    /// - Parameter stride: floats from one row of `a` or `b` to the next; nil where they are dense.
    package static func multiply(
        _ a: Span<Float>,
        transposed b: Span<Float>,
        inner: Int,
        stride: Int? = nil,
        into c: inout MutableSpan<Float>
    ) {
        let stride = stride ?? inner
        precondition(stride >= inner, "rows of \(inner) numbers, \(stride) apart")
        let m = TileShape.rows(in: a.count, columns: stride)
        let n = TileShape.rows(in: b.count, columns: stride)
        multiply(a, b, m: m, n: n, inner: inner, strides: (stride, stride), isTransposed: true, into: &c)
    }

    /// C = A·B: `a` is m × inner, `b` inner × n, `c` m × n, where m and n follow from the sizes (with inner ≥ 1).
    package static func multiply(
        _ a: Span<Float>,
        _ b: Span<Float>,
        inner: Int,
        into c: inout MutableSpan<Float>
    ) {
        let m = TileShape.rows(in: a.count, columns: inner)
        precondition(b.count.isMultiple(of: inner), "\(b.count) values are not \(inner) rows")
        let n = b.count / inner
        multiply(a, b, m: m, n: n, inner: inner, strides: (inner, n), isTransposed: false, into: &c)
    }

    /// Set before the first product of the process; OpenBLAS keeps it for all threads.
    private static let oneThread: Void = openblas_set_num_threads(1)

    private static func multiply(
        _ a: Span<Float>,
        _ b: Span<Float>,
        m: Int,
        n: Int,
        inner: Int,
        strides: (a: Int, b: Int),
        isTransposed: Bool,
        into c: inout MutableSpan<Float>
    ) {
        precondition(c.count == m * n, "a product of \(m) × \(n) into \(c.count) values")
        guard m > 0 && n > 0 else { return }
        oneThread
        unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                unsafe c.withUnsafeMutableBufferPointer { c in
                    unsafe cblas_sgemm(
                        CblasRowMajor,
                        CblasNoTrans,
                        isTransposed ? CblasTrans : CblasNoTrans,
                        blasint(m),
                        blasint(n),
                        blasint(inner),
                        1,
                        a.baseAddress,
                        blasint(strides.a),
                        b.baseAddress,
                        blasint(strides.b),
                        0,
                        c.baseAddress,
                        blasint(n)
                    )
                }
            }
        }
    }
}
