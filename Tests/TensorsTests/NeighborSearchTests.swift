import Testing

@testable import Tensors

@Suite struct NeighborSearchTests {
    struct Shape: CustomTestStringConvertible, Sendable {
        let rows: Int
        let columns: Int
        let blockRows: Int
        let k: Int
        var testDescription: String { "\(rows) rows × \(columns) in blocks of \(blockRows), k = \(k)" }
    }

    static let shapes = [
        Shape(rows: 1, columns: 1, blockRows: 1, k: 1), Shape(rows: 2, columns: 3, blockRows: 1, k: 4),
        Shape(rows: 33, columns: 17, blockRows: 32, k: 5), Shape(rows: 97, columns: 64, blockRows: 41, k: 3),
        Shape(rows: 130, columns: 65, blockRows: 130, k: 200), Shape(rows: 150, columns: 31, blockRows: 13, k: 20),
        Shape(rows: 300, columns: 2, blockRows: 100, k: 7), Shape(rows: 260, columns: 10, blockRows: 255, k: 1),
        // Rows so long that a block is searched in more than one chunk.
        Shape(rows: 50, columns: 2700, blockRows: 50, k: 6),
    ]
    static let paths = KernelPath.allCases.filter { $0 != .blas && $0.isAvailable }

    @Test(arguments: shapes, NeighborMetric.allCases)
    func `Every kernel finds the same bits as scoring each pair alone`(shape: Shape, metric: NeighborMetric) throws {
        let rows = SampleRows.matrix(rows: shape.rows, columns: shape.columns, seed: 41)
        let all = 0..<shape.rows
        let reference = NeighborReference(rows, metric)
        let expected = reference.lists(of: all, among: all, k: shape.k)
        let withSelf = reference.lists(of: all, among: all, k: shape.k, includeSelf: true)
        let search = try BlockedSearch(rows, metric, blockRows: shape.blockRows)
        for path in Self.paths {
            #expect(search.lists(k: shape.k, path: path) == expected, "\(path.rawValue)")
            #expect(search.lists(k: shape.k, path: path, isBackward: true) == expected, "\(path.rawValue)")
            #expect(search.lists(k: shape.k, path: path, includeSelf: true) == withSelf, "\(path.rawValue)")
            #expect(search.oneSidedLists(k: shape.k, path: path) == withSelf, "\(path.rawValue)")
        }
    }

    @Test(arguments: NeighborMetric.allCases)
    func `Duplicates and other ties go to the lower index, across lanes, tiles and blocks`(
        metric: NeighborMetric
    ) throws {
        let few = SampleRows.matrix(rows: 5, columns: 6, seed: 42)
        let repeated = Matrix(rows: 200, columns: 6, values: (0..<40).flatMap { _ in few.values })
        let expected = NeighborReference(repeated, metric).lists(of: 0..<200, among: 0..<200, k: 9)
        for path in Self.paths {
            for (blockRows, isBackward) in [(200, false), (37, false), (37, true), (64, true)] {
                let search = try BlockedSearch(repeated, metric, blockRows: blockRows)
                #expect(search.lists(k: 9, path: path, isBackward: isBackward) == expected, "\(path.rawValue)")
            }
        }
        #expect(expected.indices(ofRow: 0) == [5, 10, 15, 20, 25, 30, 35, 40, 45])
    }

    @Test(arguments: [NeighborMetric.innerProduct, .euclidean])
    func `Zero rows tie with one another, and no zero is negative`(metric: NeighborMetric) throws {
        var rows = Matrix(rows: 70, columns: 5, repeating: 0)
        for row in stride(from: 0, to: 70, by: 3) { rows[row, 0] = -0.0 }
        rows[50, 2] = 1e-30
        rows[51, 2] = -1e-30
        let expected = NeighborReference(rows, metric).lists(of: 0..<70, among: 0..<70, k: 4)
        for path in Self.paths {
            let found = try BlockedSearch(rows, metric, blockRows: 25).lists(k: 4, path: path, isBackward: true)
            #expect(found == expected)
            #expect(found.scores.allSatisfy { $0.bitPattern == 0 })
            #expect(found.indices(ofRow: 69) == [0, 1, 2, 3])
        }
    }

    @Test(arguments: NeighborMetric.allCases)
    func `Scores are those of Double up to rounding`(metric: NeighborMetric) throws {
        let rows = SampleRows.matrix(rows: 120, columns: 200, seed: 43)
        let reference = NeighborReference(rows, metric)
        let found = try BlockedSearch(rows, metric, blockRows: 50).lists(k: 10, path: .best)
        for row in 0..<120 {
            for (index, score) in zip(found.indices(ofRow: row), found.scores(ofRow: row)) {
                let exact = reference.exactScore(row, Int(index))
                #expect(abs(Double(score) - exact) < 1e-5 * (metric == .euclidean ? abs(exact) : 10))
            }
            let exact = (0..<120).filter { $0 != row }.map { reference.exactScore(row, $0) }.sorted(by: >)
            #expect(abs(Double(found.scores(ofRow: row).last ?? 0) - exact[9]) < 1e-4)
        }
    }

    @Test(arguments: [1, 1e-12, 1e12])
    func `Near duplicates far from the origin have exact distances, with any origin or none`(scale: Float) throws {
        var rows = SampleRows.matrix(rows: 90, columns: 48, seed: 44, scale: 1e-3)
        for index in rows.values.indices { rows.values[index] = (rows.values[index] + 100) * scale }
        let reference = NeighborReference(rows, .euclidean)
        let expected = reference.lists(of: 0..<90, among: 0..<90, k: 6)
        let origins: [[Float]] = [
            [], [Float](repeating: 100 * scale, count: 48), [Float](repeating: -7 * scale, count: 48),
        ]
        for path in Self.paths {
            for origin in origins {
                let search = try BlockedSearch(rows, .euclidean, blockRows: 40, origin: origin)
                #expect(search.lists(k: 6, path: path) == expected, "\(path.rawValue)")
            }
        }
        for (index, score) in zip(expected.indices(ofRow: 3), expected.scores(ofRow: 3)) {
            let exact = reference.exactScore(3, Int(index))
            #expect(abs(Double(score) - exact) < 1e-5 * abs(exact))
        }
    }

    @Test(arguments: NeighborMetric.allCases)
    func `Only pairs at the thresholds or above are kept, ties with them too`(metric: NeighborMetric) throws {
        let few = SampleRows.matrix(rows: 45, columns: 20, seed: 45)
        let rows = Matrix(rows: 90, columns: 20, values: few.values + few.values)
        let reference = NeighborReference(rows, metric)
        // Every third row has the score of a pair of its own, which must stay; the others anything or nothing.
        let whole = reference.lists(of: 0..<90, among: 0..<90, k: 12)
        let thresholds = (0..<90).map { row -> Float in
            row % 3 == 0 ? whole.scores(ofRow: row)[whole.starts[row] + 5] : row % 3 == 1 ? -.infinity : .infinity
        }
        let expected = reference.lists(of: 0..<90, among: 0..<90, k: 12, thresholds: thresholds)
        #expect(expected.counts[0] >= 6 && expected.counts[0] < 12)
        for path in Self.paths {
            let search = try BlockedSearch(rows, metric, blockRows: 33)
            #expect(search.lists(k: 12, path: path, thresholds: thresholds, isBackward: true) == expected)
        }
    }

    @Test(arguments: NeighborMetric.allCases)
    func `A score is the same from both sides`(metric: NeighborMetric) throws {
        let rows = SampleRows.matrix(rows: 60, columns: 77, seed: 46)
        let found = try BlockedSearch(rows, metric, blockRows: 23).lists(k: 100, path: .best)
        var scores: [[Int32]: Set<UInt32>] = [:]
        for row in 0..<60 {
            for (index, score) in zip(found.indices(ofRow: row), found.scores(ofRow: row)) {
                scores[[Int32(row), index].sorted(), default: []].insert(score.bitPattern)
            }
        }
        #expect(scores.count == 60 * 59 / 2)
        #expect(scores.values.allSatisfy { $0.count == 1 })
    }

    @Test(arguments: [
        Shape(rows: 190, columns: 65, blockRows: 37, k: 7), .init(rows: 50, columns: 2700, blockRows: 50, k: 6),
    ])
    func `Picked queries find what all of them find, among rows of any number`(shape: Shape) throws {
        let rows = SampleRows.matrix(rows: shape.rows, columns: shape.columns, seed: 48)
        for metric in NeighborMetric.allCases {
            let origins = metric == .euclidean ? [[], Array(rows.row(3))] : [[]]
            for (origin, path) in origins.flatMap({ origin in Self.paths.map { (origin, $0) } }) {
                for includeSelf in [false, true] {
                    let expected = NeighborReference(rows, metric)
                        .lists(of: 0..<shape.rows, among: 0..<shape.rows, k: shape.k, includeSelf: includeSelf)
                    let search = PickedSearch(rows, metric, origin, path, blockRows: shape.blockRows)
                    let found = try search.lists(k: shape.k, includeSelf: includeSelf)
                    #expect(found == expected, "\(metric.rawValue) \(path.rawValue)")
                }
            }
        }
    }

    @Test func `OpenBLAS's path is the best fused kernel`() throws {
        let rows = SampleRows.matrix(rows: 50, columns: 33, seed: 47)
        let search = try BlockedSearch(rows, .cosine, blockRows: 20)
        #expect(search.lists(k: 5, path: .blas) == search.lists(k: 5, path: .best))
    }
}
