import Testing

@testable import Tensors

@Suite struct AssignmentTests {
    struct Shape: CustomTestStringConvertible, Sendable {
        let rows: Int
        let columns: Int
        let clusters: Int
        var testDescription: String { "\(rows) rows × \(columns), \(clusters) clusters" }
    }

    static let shapes = [
        Shape(rows: 1, columns: 1, clusters: 1), Shape(rows: 1, columns: 5, clusters: 31),
        Shape(rows: 2, columns: 16, clusters: 32), Shape(rows: 13, columns: 17, clusters: 33),
        Shape(rows: 14, columns: 33, clusters: 8), Shape(rows: 15, columns: 20, clusters: 63),
        Shape(rows: 29, columns: 64, clusters: 64), Shape(rows: 251, columns: 9, clusters: 10),
        Shape(rows: 252, columns: 3, clusters: 100), Shape(rows: 253, columns: 31, clusters: 65),
        Shape(rows: 40, columns: 24, clusters: 1000), Shape(rows: 520, columns: 8, clusters: 17),
    ]
    static let fused = KernelPath.allCases.filter { $0 != .blas && $0.isAvailable }

    @Test(arguments: shapes, [Metric.cosine, .euclidean])
    func `Fused kernels agree bit for bit with sums by FMA in order`(shape: Shape, metric: Metric) {
        let rows = SampleRows.matrix(rows: shape.rows, columns: shape.columns, seed: 21)
        let centroids = SampleRows.matrix(rows: shape.clusters, columns: shape.columns, seed: 22)
        let expected = reference(rows, centroids, metric)
        for path in Self.fused {
            let found = assign(rows, PackedCentroids(centroids, metric: metric, path: path))
            #expect(found.labels == expected.labels, "\(path.rawValue)")
            #expect(found.scores.map(\.bitPattern) == expected.scores.map(\.bitPattern), "\(path.rawValue)")
        }
    }

    @Test(arguments: shapes, [Metric.cosine, .euclidean])
    func `OpenBLAS finds the same centroids up to rounding`(shape: Shape, metric: Metric) {
        let rows = SampleRows.matrix(rows: shape.rows, columns: shape.columns, seed: 23)
        let centroids = SampleRows.matrix(rows: shape.clusters, columns: shape.columns, seed: 24)
        let expected = reference(rows, centroids, metric)
        let found = assign(rows, PackedCentroids(centroids, metric: metric, path: .blas))
        for row in 0..<shape.rows {
            #expect(abs(found.scores[row] - expected.scores[row]) < 1e-4)
            let label = Int(found.labels[row])
            let score = score(rows, row, centroids, label, metric)
            #expect(score - expected.scores[row] < 1e-4)
        }
    }

    @Test(arguments: KernelPath.allCases.filter(\.isAvailable))
    func `Ties go to the lowest centroid, across lanes, vectors and panels`(path: KernelPath) {
        // Small integers, so that OpenBLAS's products are exact too and duplicates tie on every path.
        let base = Matrix(rows: 5, columns: 4, values: (0..<20).map { Float($0 * 7 % 5) - 2 })
        let rows = Matrix(rows: 29, columns: 4, values: (0..<116).map { Float($0 * 5 % 7) - 3 })
        let single = assign(rows, PackedCentroids(base, metric: .euclidean, path: path))
        for copies in [2, 7, 13, 300] {
            let repeated = Matrix(rows: 5 * copies, columns: 4, values: (0..<copies).flatMap { _ in base.values })
            let found = assign(rows, PackedCentroids(repeated, metric: .euclidean, path: path))
            #expect(found.labels == single.labels)
            #expect(found.scores == single.scores)
        }
    }

    @Test(arguments: KernelPath.allCases.filter(\.isAvailable))
    func `Padding never wins, not even where every true score is large`(path: KernelPath) {
        let rows = Matrix(rows: 20, columns: 3, repeating: -1e15)
        let centroids = Matrix(rows: 33, columns: 3, repeating: 1e15)
        let found = assign(rows, PackedCentroids(centroids, metric: .euclidean, path: path))
        #expect(found.labels == [Int32](repeating: 0, count: 20))
        #expect(found.scores.allSatisfy { $0 > 1e30 && $0.isFinite })
    }

    @Test(arguments: KernelPath.allCases.filter(\.isAvailable))
    func `Zeros of either sign tie`(path: KernelPath) {
        let rows = Matrix(rows: 3, columns: 2, values: [0, 0, -0.0, 0, -0.0, -0.0])
        let centroids = Matrix(rows: 4, columns: 2, values: [1, -1, -1, 1, -0.0, -0.0, 0, 0])
        let found = assign(rows, PackedCentroids(centroids, metric: .cosine, path: path))
        #expect(found.labels == [0, 0, 0])
        #expect(found.scores.map(\.bitPattern) == [0, 0, 0])
    }

    @Test(arguments: KernelPath.allCases.filter(\.isAvailable))
    func `Scratch memory carries nothing over, and any number of clusters may follow`(path: KernelPath) {
        let rows = SampleRows.matrix(rows: 300, columns: 18, seed: 25)
        let many = PackedCentroids(
            SampleRows.matrix(rows: 1100, columns: 18, seed: 26),
            metric: .cosine,
            path: path
        )
        let few = PackedCentroids(SampleRows.matrix(rows: 3, columns: 18, seed: 27), metric: .euclidean, path: path)
        var assignment = Assignment(for: few)
        for centroids in [many, few, many] {
            let fresh = assign(rows, centroids)
            let again = assign(rows, centroids, with: &assignment)
            #expect(again.labels == fresh.labels)
            #expect(again.scores == fresh.scores)
        }
    }

    @Test(arguments: fused)
    func `A row's bits do not depend on where in a tile it stands`(path: KernelPath) {
        let rows = SampleRows.matrix(rows: 260, columns: 40, seed: 28)
        let centroids = PackedCentroids(
            SampleRows.matrix(rows: 70, columns: 40, seed: 29),
            metric: .euclidean,
            path: path
        )
        let together = assign(rows, centroids)
        for row in [0, 13, 14, 251, 252, 259] {
            let alone = assign(Matrix(rows: 1, columns: 40, values: Array(rows.row(row))), centroids)
            #expect(alone.labels[0] == together.labels[row])
            #expect(alone.scores[0] == together.scores[row])
        }
    }

    private func assign(_ rows: Matrix, _ centroids: PackedCentroids) -> (labels: [Int32], scores: [Float]) {
        var assignment = Assignment(for: centroids)
        return assign(rows, centroids, with: &assignment)
    }

    private func assign(
        _ rows: Matrix,
        _ centroids: PackedCentroids,
        with assignment: inout Assignment
    ) -> (labels: [Int32], scores: [Float]) {
        var labels = [Int32](repeating: -1, count: rows.rows)
        var scores = [Float](repeating: .nan, count: rows.rows)
        var labelSpan = labels.mutableSpan
        var scoreSpan = scores.mutableSpan
        assignment.assign(rows.values.span, to: centroids, labels: &labelSpan, scores: &scoreSpan)
        return (labels, scores)
    }

    private func reference(
        _ rows: Matrix,
        _ centroids: Matrix,
        _ metric: Metric
    ) -> (labels: [Int32], scores: [Float]) {
        var labels: [Int32] = []
        var scores: [Float] = []
        for row in 0..<rows.rows {
            var best = (label: 0, score: Float.infinity)
            for label in 0..<centroids.rows {
                let score = score(rows, row, centroids, label, metric)
                if score < best.score { best = (label, score) }
            }
            labels.append(Int32(best.label))
            scores.append(best.score)
        }
        return (labels, scores)
    }

    private func score(_ rows: Matrix, _ row: Int, _ centroids: Matrix, _ label: Int, _ metric: Metric) -> Float {
        var dot: Float = 0
        var squares: [Double] = []
        for column in 0..<rows.columns {
            let centre = centroids[label, column]
            dot.addProduct(rows[row, column], centre)
            squares.append(Double(centre) * Double(centre))
        }
        return (metric == .cosine ? 0 : Float(0.5 * laneSum(squares))) - dot
    }
}
