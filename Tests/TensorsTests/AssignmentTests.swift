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
        Shape(rows: 40, columns: 24, clusters: 1100), Shape(rows: 520, columns: 8, clusters: 17),
    ]
    static let paths = KernelPath.allCases.filter(\.isAvailable)

    @Test(arguments: shapes, [Metric.cosine, .euclidean])
    func `Every kernel finds the label with the best score in float64`(shape: Shape, metric: Metric) {
        let rows = SampleRows.matrix(rows: shape.rows, columns: shape.columns, seed: 21)
        let centroids = SampleRows.matrix(rows: shape.clusters, columns: shape.columns, seed: 22)
        let expected = ExactLabels.of(rows, centroids, metric)
        for path in Self.paths {
            #expect(ExactLabels.found(rows, centroids, metric, path).labels == expected, "\(path.rawValue)")
        }
    }

    @Test(arguments: paths)
    func `Ties go to the lowest centroid, across lanes, vectors and panels`(path: KernelPath) {
        let base = Matrix(rows: 5, columns: 4, values: (0..<20).map { Float($0 * 7 % 5) - 2 })
        let rows = Matrix(rows: 29, columns: 4, values: (0..<116).map { Float($0 * 5 % 7) - 3 })
        let single = ExactLabels.found(rows, base, .euclidean, path)
        for copies in [2, 7, 13, 300] {
            let repeated = Matrix(rows: 5 * copies, columns: 4, values: (0..<copies).flatMap { _ in base.values })
            let found = ExactLabels.found(rows, repeated, .euclidean, path)
            #expect(found.labels == single.labels)
            #expect(found.rechecked == rows.rows)
        }
    }

    @Test(arguments: paths)
    func `Padding never wins, not even where every true score is large`(path: KernelPath) {
        let rows = Matrix(rows: 20, columns: 3, repeating: -1e15)
        let centroids = Matrix(rows: 33, columns: 3, repeating: 1e15)
        let found = ExactLabels.found(rows, centroids, .euclidean, path)
        #expect(found.labels == [Int32](repeating: 0, count: 20))
    }

    @Test(arguments: paths)
    func `Zeros of either sign tie`(path: KernelPath) {
        let rows = Matrix(rows: 3, columns: 2, values: [0, 0, -0.0, 0, -0.0, -0.0])
        let centroids = Matrix(rows: 4, columns: 2, values: [1, -1, -1, 1, -0.0, -0.0, 0, 0])
        #expect(ExactLabels.found(rows, centroids, .cosine, path).labels == [0, 0, 0])
    }

    @Test(arguments: paths)
    func `Scratch memory carries nothing over, and any number of clusters may follow`(path: KernelPath) {
        let rows = ExactRows(SampleRows.matrix(rows: 300, columns: 18, seed: 25))
        let many = PackedCentroids(
            SampleRows.matrix(rows: 1100, columns: 18, seed: 26),
            metric: .cosine,
            path: path
        )
        let few = PackedCentroids(SampleRows.matrix(rows: 3, columns: 18, seed: 27), metric: .euclidean, path: path)
        var assignment = Assignment(for: few)
        for centroids in [many, few, many] {
            var fresh = Assignment(for: centroids)
            #expect(
                ExactLabels.found(rows, centroids, with: &assignment).labels
                    == ExactLabels.found(rows, centroids, with: &fresh).labels
            )
        }
    }

    @Test(arguments: paths)
    func `Of ordinary unit rows few are decided in float64`(path: KernelPath) {
        var rows = SampleRows.matrix(rows: 2000, columns: 128, seed: 28)
        rows.normaliseRows()
        var centroids = SampleRows.matrix(rows: 100, columns: 128, seed: 29)
        centroids.normaliseRows()
        for metric in [Metric.cosine, .euclidean] {
            #expect(ExactLabels.found(rows, centroids, metric, path).rechecked < 40)
        }
    }
}
