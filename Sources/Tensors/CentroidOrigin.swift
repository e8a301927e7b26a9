import CKernels

/// A point amid the centroids, and the power of two by which distances from it become ordinary numbers.
///
/// Rows and centroids are moved there before they are multiplied in float32, which tells them apart only where they are not
/// small differences of great numbers. Any point would do for the result, since what float32 leaves open is decided
/// otherwise; the medians of some centroids stay amid the others when a few are far out.
struct CentroidOrigin: Sendable {
    /// What of the centroids is computed in Double.
    struct Measures {
        /// ‖b‖² of each shifted centroid b.
        var squares: [Double]
        /// o·(scale·c − o) of each centroid c.
        var products: [Double]
    }

    private static let sampledCentroids = 15

    /// The point, already scaled: columns.
    let values: [Float]
    /// A power of two.
    let scale: Double
    /// ‖values‖.
    let norm: Double

    init(of centroids: Matrix) {
        let count = min(centroids.rows, Self.sampledCentroids)
        let sample = (0..<count).map { $0 * centroids.rows / count }
        let medians = (0..<centroids.columns).map { column in
            sample.map { centroids[$0, column] }.sorted()[(count - 1) / 2]
        }
        scale = Self.scale(of: sample.map { Self.distance(centroids.row($0), medians) })
        let factor = Float(scale)
        let values = medians.map { $0 * factor }
        self.values = values
        norm = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }

    private static func distance(_ row: ArraySlice<Float>, _ point: [Float]) -> Double {
        zip(row, point).reduce(0) { sum, pair in
            let difference = Double(pair.0) - Double(pair.1)
            return sum + difference * difference
        }.squareRoot()
    }

    /// What makes the middle one of the distances about 1; those that are 0 say nothing.
    private static func scale(of distances: [Double]) -> Double {
        let positive = distances.filter { $0 > 0 && $0.isFinite }.sorted()
        guard !positive.isEmpty else { return 1 }
        let exponent = Int(positive[positive.count / 2].exponent)
        return Double(sign: .plus, exponent: min(max(-exponent, -120), 120), significand: 1)
    }

    /// The centroids scaled, less the origin: clusters × `ck_row_stride(columns)`.
    func shift(_ centroids: Matrix) -> [Float] {
        var squares = [Float](repeating: 0, count: centroids.rows)
        return shift(centroids, &squares)
    }

    /// The same, and of each about its squared norm.
    func shift(_ centroids: Matrix, _ squares: inout [Float]) -> [Float] {
        let rows = ExactRows(centroids)
        var shifted = [Float](repeating: 0, count: centroids.rows * ck_row_stride(centroids.columns))
        unsafe shifted.withUnsafeMutableBufferPointer { shifted in
            unsafe squares.withUnsafeMutableBufferPointer { squares in
                unsafe values.withUnsafeBufferPointer { origin in
                    unsafe rows.withKernelArgument(0..<centroids.rows) { rows in
                        unsafe ck_shift_rows(
                            ck_picked(rows: rows, picks: nil, count: centroids.rows),
                            origin.baseAddress,
                            scale,
                            shifted.baseAddress,
                            squares.baseAddress,
                            InstructionSet.best.kernelArgument
                        )
                    }
                }
            }
        }
        return shifted
    }

    func measure(_ centroids: Matrix, shifted: [Float]) -> Measures {
        var measures = Measures(
            squares: [Double](repeating: 0, count: centroids.rows),
            products: [Double](repeating: 0, count: centroids.rows)
        )
        unsafe measures.squares.withUnsafeMutableBufferPointer { squares in
            unsafe measures.products.withUnsafeMutableBufferPointer { products in
                unsafe centroids.values.withUnsafeBufferPointer { centroidValues in
                    unsafe shifted.withUnsafeBufferPointer { shifted in
                        unsafe values.withUnsafeBufferPointer { origin in
                            unsafe ck_measure_centroids(
                                centroidValues.baseAddress,
                                shifted.baseAddress,
                                centroids.rows,
                                centroids.columns,
                                origin.baseAddress,
                                scale,
                                squares.baseAddress,
                                products.baseAddress
                            )
                        }
                    }
                }
            }
        }
        return measures
    }
}
