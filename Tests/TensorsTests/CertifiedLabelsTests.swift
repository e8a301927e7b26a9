import Testing

@testable import Tensors

/// Labels on inputs that are made to deceive float32.
@Suite struct CertifiedLabelsTests {
    struct Problem: CustomTestStringConvertible, Sendable {
        let name: String
        let rows: Matrix
        let centroids: Matrix
        var testDescription: String { name }
    }

    static let problems: [Problem] = [
        ulpsApart(columns: 1), ulpsApart(columns: 16), ulpsApart(columns: 129), midpoints, duplicates,
        scaled(by: 0x1p-100), scaled(by: 0x1p100), scaled(by: 0x1p-140), mixedScales, offset(by: 1e5), offset(by: 3e7),
        cone(0.01), cone(1e-4), cone(1e-6), outlyingCentroid, farRow,
    ]

    @Test(arguments: problems, [Metric.cosine, .euclidean])
    func `Labels are those of the definition, by every kernel`(problem: Problem, metric: Metric) {
        let expected = ExactLabels.of(problem.rows, problem.centroids, metric)
        for path in AssignmentTests.paths {
            let found = ExactLabels.found(problem.rows, problem.centroids, metric, path)
            #expect(found.labels == expected, "\(path.rawValue)")
        }
    }

    @Test func `So are those of ten thousand small problems with ties and near ties`() {
        var random = SystemlessRandom(seed: 77)
        for _ in 0..<10_000 {
            let columns = 1 + random.next(below: 20)
            let clusters = 1 + random.next(below: 24)
            let grid = [1, 3, 1 << 12, 1 << 23][random.next(below: 4)]
            let shift = Float([0, 0, 100, 1e6][random.next(below: 4)])
            let numbers = { (count: Int) in
                (0..<count).map { _ in Float(random.next(below: 2 * grid + 1) - grid) / Float(grid) + shift }
            }
            let rows = Matrix(rows: 2, columns: columns, values: numbers(2 * columns))
            let centroids = Matrix(rows: clusters, columns: columns, values: numbers(clusters * columns))
            let metric = random.next(below: 2) == 0 ? Metric.cosine : .euclidean
            let path = AssignmentTests.paths[random.next(below: AssignmentTests.paths.count)]
            let expected = ExactLabels.of(rows, centroids, metric)
            let found = ExactLabels.found(rows, centroids, metric, path).labels
            guard found == expected else {
                Issue.record("\(found) for \(expected): \(metric) by \(path.rawValue), \(rows), \(centroids)")
                return
            }
        }
    }

    @Test(arguments: AssignmentTests.paths, [Metric.cosine, .euclidean])
    func `Rows of float64 are compared as they are`(path: KernelPath, metric: Metric) {
        let (columns, clusters) = (24, 40)
        let centroids = SampleRows.matrix(rows: clusters, columns: columns, seed: 31)
        // Near the middle between two centroids, nearer than float32 can say.
        let wide = (0..<300).flatMap { row -> [Double] in
            let (a, b) = (centroids.row(row % clusters), centroids.row((row * 7 + 1) % clusters))
            let tilt = Double(row % 5 - 2) * 0x1p-40
            return zip(a, b).map { (0.5 + tilt) * Double($0) + (0.5 - tilt) * Double($1) }
        }
        var rows = ExactRows(columns: columns, isWide: true)
        rows.fillWide(300) { for (index, value) in wide.enumerated() { $0[index] = value } }
        let packed = PackedCentroids(centroids, metric: metric, path: path)
        var assignment = Assignment(for: packed)
        let found = ExactLabels.found(rows, packed, with: &assignment)
        #expect(found.labels == ExactLabels.of(wide, 300, centroids, metric))
    }

    @Test(arguments: AssignmentTests.paths)
    func `A factor of the rows changes no label`(path: KernelPath) {
        let matrix = SampleRows.matrix(rows: 100, columns: 33, seed: 32)
        let centroids = SampleRows.matrix(rows: 50, columns: 33, seed: 33)
        let expected = ExactLabels.of(matrix, centroids, .cosine)
        let packed = PackedCentroids(centroids, metric: .cosine, path: path)
        for factor in [1.0, 0.3, 0x1p-126, 0x1p-200, 1e30, 1e60] {
            var rows = ExactRows(matrix)
            rows.scale(by: [Double](repeating: factor, count: 100))
            var assignment = Assignment(for: packed)
            #expect(ExactLabels.found(rows, packed, with: &assignment).labels == expected)
        }
    }

    @Test(arguments: problems, [Metric.cosine, .euclidean])
    func `Proposed scores keep within their bound`(problem: Problem, metric: Metric) {
        // Only what the scores are compared by: differences of T, which are free of what belongs to the row alone.
        let packed = PackedCentroids(problem.centroids, metric: metric, path: .portable)
        let origin = packed.origin
        let columns = problem.rows.columns
        let shifted = origin.shift(problem.centroids)
        let stride = shifted.count / problem.centroids.rows
        let bound = CertificationBound(columns: columns)
        for row in 0..<min(problem.rows.rows, 20) {
            let x = problem.rows.row(row).map(Double.init)
            let y = zip(x, origin.values).map { Float($0 * origin.scale - Double($1)) }
            let square = y.reduce(0) { $0 + Double($1) * Double($1) }
            guard square <= 0x1p124 else { continue }
            let reach = 2.1 * square.squareRoot() + 2 * origin.norm
            let margin = bound.squareMargin * square + 0.5 * bound.tail * reach * reach + bound.least
            // T ≥ t − r and T ≤ t + 2m + r, up to a number that belongs to the row: so an interval for each centroid, and
            // all of them must hold one number in common.
            var (least, most) = (-Double.infinity, Double.infinity)
            for cluster in 0..<problem.centroids.rows {
                var dot: Float = 0
                for column in 0..<columns { dot.addProduct(y[column], shifted[cluster * stride + column]) }
                let t = Double(packed.bases[cluster] - dot)
                guard t.isFinite, packed.margins[cluster].isFinite else { continue }
                let score = ExactLabels.score(x[...], problem.centroids.row(cluster), metric)
                let exact = (metric == .cosine ? score : 0.5 * score) * origin.scale * origin.scale
                least = max(least, t - margin - exact)
                most = min(most, t + packed.margins[cluster] + margin - exact)
            }
            #expect(least <= most)
        }
    }

    // MARK: Problems

    private static func ulpsApart(columns: Int) -> Problem {
        let base = SampleRows.matrix(rows: 1, columns: columns, seed: 41)
        var centroids: [Float] = []
        for step in 0..<70 {
            var row = base.values
            for _ in 0..<step % 7 { row[step % columns] = row[step % columns].nextUp }
            centroids += row
        }
        var rows = SampleRows.matrix(rows: 60, columns: columns, seed: 42)
        for row in 0..<30 { for column in 0..<columns { rows[row, column] = base.values[column] * Float(1 + row % 3) } }
        return Problem(
            name: "centroids an ulp apart in \(columns)",
            rows: rows,
            centroids: Matrix(rows: 70, columns: columns, values: centroids)
        )
    }

    private static var midpoints: Problem {
        let centroids = SampleRows.matrix(rows: 33, columns: 65, seed: 43)
        let rows = Matrix(
            rows: 32,
            columns: 65,
            values: (0..<32).flatMap { row in zip(centroids.row(row), centroids.row(row + 1)).map { ($0 + $1) / 2 } }
        )
        return Problem(name: "midpoints", rows: rows, centroids: centroids)
    }

    private static var duplicates: Problem {
        let some = SampleRows.matrix(rows: 7, columns: 20, seed: 44)
        let centroids = Matrix(rows: 210, columns: 20, values: (0..<30).flatMap { _ in some.values })
        return Problem(
            name: "duplicates",
            rows: SampleRows.matrix(rows: 90, columns: 20, seed: 45),
            centroids: centroids
        )
    }

    private static func scaled(by factor: Float) -> Problem {
        let change = { (matrix: Matrix) in
            Matrix(rows: matrix.rows, columns: matrix.columns, values: matrix.values.map { $0 * factor })
        }
        return Problem(
            name: "scaled by \(factor)",
            rows: change(SampleRows.matrix(rows: 80, columns: 30, seed: 46)),
            centroids: change(SampleRows.matrix(rows: 40, columns: 30, seed: 47))
        )
    }

    private static var mixedScales: Problem {
        let scale = { (matrix: Matrix) in
            var result = matrix
            for row in 0..<matrix.rows {
                for column in 0..<matrix.columns {
                    result[row, column] *= [1, 1e-30, 1e18, 1e-6, 1e9, 1e30][(row * 5 + column) % 6]
                }
            }
            return result
        }
        return Problem(
            name: "mixed scales",
            rows: scale(SampleRows.matrix(rows: 80, columns: 12, seed: 48)),
            centroids: scale(SampleRows.matrix(rows: 50, columns: 12, seed: 49))
        )
    }

    private static func offset(by offset: Float) -> Problem {
        let change = { (matrix: Matrix) in
            Matrix(rows: matrix.rows, columns: matrix.columns, values: matrix.values.map { $0 + offset })
        }
        return Problem(
            name: "offset by \(offset)",
            rows: change(SampleRows.matrix(rows: 200, columns: 64, seed: 50)),
            centroids: change(SampleRows.matrix(rows: 60, columns: 64, seed: 51))
        )
    }

    private static func cone(_ width: Float) -> Problem {
        var axis = SampleRows.matrix(rows: 1, columns: 96, seed: 52)
        axis.normaliseRows()
        let near = { (matrix: Matrix) in
            var result = matrix
            for row in 0..<matrix.rows {
                for column in 0..<96 { result[row, column] = axis[0, column] + width * matrix[row, column] / 10 }
            }
            result.normaliseRows()
            return result
        }
        return Problem(
            name: "cone of \(width)",
            rows: near(SampleRows.matrix(rows: 200, columns: 96, seed: 53)),
            centroids: near(SampleRows.matrix(rows: 30, columns: 96, seed: 54))
        )
    }

    private static var outlyingCentroid: Problem {
        var centroids = SampleRows.matrix(rows: 50, columns: 16, seed: 55)
        for column in 0..<16 { centroids[31, column] = 1e18 }
        return Problem(
            name: "a centroid far out",
            rows: SampleRows.matrix(rows: 100, columns: 16, seed: 56),
            centroids: centroids
        )
    }

    private static var farRow: Problem {
        var rows = SampleRows.matrix(rows: 30, columns: 16, seed: 57)
        for column in 0..<16 {
            rows[3, column] = 3e38
            rows[4, column] = -2e25
        }
        return Problem(
            name: "rows far out",
            rows: rows,
            centroids: SampleRows.matrix(rows: 45, columns: 16, seed: 58)
        )
    }
}

/// Numbers that are the same on every run.
struct SystemlessRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }
}
