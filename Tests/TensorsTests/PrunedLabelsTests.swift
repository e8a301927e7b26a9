import CKernels
import Testing

@testable import Tensors

/// Labels that are found by ruling centroids out: by heads, and by what is carried over from one assignment to the next.
@Suite struct PrunedLabelsTests {
    static let paths = AssignmentTests.paths.filter { $0 != .blas }
    static let columns = 260
    static let clusters = 52

    struct Problem: CustomTestStringConvertible, Sendable {
        let name: String
        let rows: Matrix
        let centroids: Matrix
        var testDescription: String { name }
    }

    static let problems: [Problem] = [
        ordinary, nearMidpoints, ulpsApart, duplicates, offset(1e5), offset(3e7), cone(1e-2), cone(1e-4),
        scaled(0x1p-100),
        scaled(0x1p100), mixedScales, farRows, farCentroid, few,
    ]

    @Test(arguments: problems, [Metric.cosine, .euclidean])
    func `Heads rule out no label`(problem: Problem, metric: Metric) throws {
        let frame = try #require(HeadFrame(of: problem.centroids, identifier: 1))
        let expected = ExactLabels.of(problem.rows, problem.centroids, metric)
        for path in Self.paths {
            let packed = PackedCentroids(problem.centroids, metric: metric, path: path, frame: frame)
            #expect(packed.frame != nil)
            var assignment = Assignment(for: packed)
            #expect(ExactLabels.found(ExactRows(problem.rows), packed, with: &assignment).labels == expected, "\(path)")
        }
    }

    @Test(arguments: problems, [Metric.cosine, .euclidean])
    func `A frame of other centroids rules out no label either`(problem: Problem, metric: Metric) throws {
        let frame = try #require(HeadFrame(of: Self.ordinary.centroids, identifier: 1))
        let packed = PackedCentroids(problem.centroids, metric: metric, path: .best, frame: frame)
        var assignment = Assignment(for: packed)
        #expect(
            ExactLabels.found(ExactRows(problem.rows), packed, with: &assignment).labels
                == ExactLabels.of(problem.rows, problem.centroids, metric)
        )
    }

    @Test(arguments: problems, [Metric.cosine, .euclidean])
    func `While centroids move labels, scores and bounds are right`(problem: Problem, metric: Metric) throws {
        for path in Self.paths where path != .portable || problem.name == "few" {
            var lloyd = try Lloyd(problem.rows, problem.centroids, metric, path, hasHeads: true)
            for step in 0..<4 { try lloyd.check("\(path) \(step)") }
        }
    }

    @Test func `So they are in two thousand small problems, with steps of an ulp and of any length`() throws {
        var random = SystemlessRandom(seed: 5)
        for _ in 0..<2000 {
            let columns = 1 + random.next(below: 12)
            let clusters = 1 + random.next(below: 9)
            let grid = [1, 4, 1 << 10, 1 << 22][random.next(below: 4)]
            let shift = Float([0, 0, 50, 1e6][random.next(below: 4)])
            let numbers = { (count: Int) in
                (0..<count).map { _ in Float(random.next(below: 2 * grid + 1) - grid) / Float(grid) + shift }
            }
            let rows = Matrix(rows: 6, columns: columns, values: numbers(6 * columns))
            let centroids = Matrix(rows: clusters, columns: columns, values: numbers(clusters * columns))
            // Cosine needs unit rows, for which the bounds are made.
            let isUnit = rows.values.contains { $0 != 0 } && shift != 0
            let metric = isUnit && random.next(below: 2) == 0 ? Metric.cosine : .euclidean
            let path = Self.paths[random.next(below: Self.paths.count)]
            var lloyd = try Lloyd(rows, centroids, metric, path, hasHeads: false)
            for step in 0..<4 {
                try lloyd.check("\(metric) \(path) \(step)")
                lloyd.move { value in
                    switch random.next(below: 6) {
                    case 0: value.nextUp
                    case 1: value + Float(random.next(below: 2 * grid + 1) - grid) / Float(grid)
                    default: value
                    }
                }
            }
        }
    }

    @Test func `Few pairs of ordinary rows are multiplied in whole length, and fewer still of rows that rest`() throws {
        var lloyd = try Lloyd(Self.ordinary.rows, Self.ordinary.centroids, .euclidean, .best, hasHeads: true)
        try lloyd.check("first")
        try lloyd.check("second")
        #expect(lloyd.effort.multiplied < lloyd.effort.pairs / 4)
        lloyd.rest()
        try lloyd.check("at rest")
        #expect(lloyd.effort.searched < lloyd.effort.rows / 20)
    }

    @Test(arguments: problems)
    func `Products of heads and of shortened rows keep within their bounds`(problem: Problem) throws {
        let frame = try #require(HeadFrame(of: problem.centroids, identifier: 1))
        let bounds = Bounds(problem.rows, problem.centroids, frame)
        for row in 0..<min(problem.rows.rows, 8) {
            for centroid in 0..<problem.centroids.rows {
                let product = bounds.product(row, centroid)
                // NaN is no bound.
                #expect(!(product > bounds.most(row, centroid)), "\(row) \(centroid)")
                #expect(!(product > bounds.mostInWholeLength(row, centroid)), "\(row) \(centroid)")
            }
        }
    }

    @Test func `Every instruction set multiplies heads alike`() {
        let width = Int(ck_head_columns)
        let rows = SampleRows.matrix(rows: 37, columns: width, seed: 90, scale: 2800)
        let others = SampleRows.matrix(rows: 75, columns: width, seed: 91, scale: 2800)
        let heads = rows.values.map { Int16($0) }
        let otherHeads = others.values.map { Int16($0) }
        let zeros = [Float](repeating: 0, count: width)[...]
        var panels = [Int16](repeating: 1, count: 96 * width)
        unsafe ck_pack_heads(otherHeads, 75, &panels)
        for set in InstructionSet.available {
            var dots = [Int32](repeating: -1, count: 37 * 96)
            unsafe ck_multiply_heads(heads, 37, panels, 96, &dots, set.kernelArgument)
            for row in 0..<37 {
                for other in 0..<96 {
                    let x = heads[row * width..<(row + 1) * width].map(Double.init)[...]
                    let c = other < 75 ? otherHeads[other * width..<(other + 1) * width].map(Float.init)[...] : zeros
                    #expect(Double(dots[row * 96 + other]) == -ExactLabels.score(x, c, .cosine))
                }
            }
        }
    }

    @Test func `Where heads would not pay there are none`() {
        #expect(HeadFrame(of: SampleRows.matrix(rows: 70, columns: 64, seed: 1), identifier: 1) == nil)
        #expect(HeadFrame(of: SampleRows.matrix(rows: 10, columns: 300, seed: 1), identifier: 1) == nil)
        let frame = HeadFrame(of: Self.ordinary.centroids, identifier: 1)
        #expect(PackedCentroids(Self.ordinary.centroids, metric: .cosine, path: .blas, frame: frame).frame == nil)
    }
}

extension PrunedLabelsTests {
    /// Assignments one after the other, held to their definition.
    struct Lloyd {
        let rows: ExactRows
        let matrix: Matrix
        let metric: Metric
        let path: KernelPath
        let hasHeads: Bool
        var centroids: Matrix
        var previous: Matrix?
        var known: KnownRows
        var heads: RowHeads?
        var frame: HeadFrame?
        var effort = AssignmentEffort(rows: 0, clusters: 0)

        init(_ rows: Matrix, _ centroids: Matrix, _ metric: Metric, _ path: KernelPath, hasHeads: Bool) throws {
            var unit = rows
            self.centroids = centroids
            if metric == .cosine {
                unit.normaliseRows()
                self.centroids.normaliseRows()
            }
            matrix = unit
            self.rows = ExactRows(unit)
            (self.metric, self.path, self.hasHeads) = (metric, path, hasHeads)
            known = KnownRows(count: rows.rows)
        }

        /// Assigns, compares with the definition, and moves every centroid to the mean of its rows.
        mutating func check(_ comment: String) throws {
            if hasHeads, frame == nil { frame = HeadFrame(of: centroids, identifier: 1) }
            let packed = PackedCentroids(centroids, metric: metric, path: path, frame: frame)
            if let frame, heads == nil { heads = RowHeads(in: frame, count: rows.count) }
            var assignment = Assignment(for: packed)
            let moves = previous.map { CentroidMoves(from: $0, to: centroids) }
            effort = assignment.reassign(rows, to: packed, &known, moves: moves, heads: &heads, firstRow: 0)
            let expected = ExactLabels.of(matrix, centroids, metric)
            try #require(known.labels == expected, "\(comment): \(matrix.rows) rows, \(centroids.rows) centroids")
            for (row, label) in expected.enumerated() {
                let x = matrix.row(row).map(Double.init)[...]
                #expect(known.scores[row] == ExactLabels.score(x, centroids.row(Int(label)), metric))
                checkBound(row, x, label, comment)
            }
            previous = centroids
            if hasHeads { centroids = means(expected) }
        }

        /// No other centroid is nearer than the bound.
        private func checkBound(_ row: Int, _ x: ArraySlice<Double>, _ label: Int32, _ comment: String) {
            let bound = Double(known.bounds[row])
            for cluster in 0..<centroids.rows where cluster != Int(label) {
                let score = ExactLabels.score(x, centroids.row(cluster), metric)
                let distance = metric == .euclidean ? score.squareRoot() : score
                #expect(!(bound > distance), "\(comment): row \(row), centroid \(cluster)")
            }
        }

        private func means(_ labels: [Int32]) -> Matrix {
            var sums = [Double](repeating: 0, count: centroids.values.count)
            var counts = [Double](repeating: 0, count: centroids.rows)
            for (row, label) in labels.enumerated() {
                counts[Int(label)] += 1
                for column in 0..<matrix.columns {
                    sums[Int(label) * matrix.columns + column] += Double(matrix[row, column])
                }
            }
            var result = centroids
            for cluster in 0..<centroids.rows where counts[cluster] > 0 {
                for column in 0..<matrix.columns {
                    result[cluster, column] = Float(sums[cluster * matrix.columns + column] / counts[cluster])
                }
            }
            if metric == .cosine { result.normaliseRows() }
            return result
        }

        mutating func move(_ change: (Float) -> Float) {
            previous = centroids
            centroids = Matrix(
                rows: centroids.rows,
                columns: centroids.columns,
                values: centroids.values.map(change)
            )
            if metric == .cosine { centroids.normaliseRows() }
        }

        /// Centroids stay where they were.
        mutating func rest() {
            if let previous { centroids = previous }
        }
    }

    /// What heads and shortened rows say of products, beside the products.
    struct Bounds {
        let shifted: [Float]
        let shiftedCentroids: [Float]
        let stride: Int
        let columns: Int
        let rowHeads: RowHeads
        let centroidHeads: RowHeads
        let wholeRows: (values: [Int16], units: [Float], tails: [Float])
        let wholeCentroids: (values: [Int16], units: [Float], tails: [Float])

        init(_ rows: Matrix, _ centroids: Matrix, _ frame: HeadFrame) {
            columns = rows.columns
            stride = ck_row_stride(columns)
            var squares = [Float](repeating: 0, count: rows.rows)
            shifted = frame.origin.shift(rows, &squares)
            rowHeads = Self.heads(shifted, squares, frame)
            wholeRows = Self.shortened(shifted, squares, columns)
            var centroidSquares = [Float](repeating: 0, count: centroids.rows)
            shiftedCentroids = frame.origin.shift(centroids, &centroidSquares)
            centroidHeads = Self.heads(shiftedCentroids, centroidSquares, frame)
            wholeCentroids = Self.shortened(shiftedCentroids, centroidSquares, columns)
        }

        private static func heads(_ shifted: [Float], _ squares: [Float], _ frame: HeadFrame) -> RowHeads {
            var heads = RowHeads(in: frame, count: squares.count)
            var product = OrderedProduct()
            unsafe shifted.withUnsafeBufferPointer { shifted in
                unsafe squares.withUnsafeBufferPointer { squares in
                    unsafe heads.make(
                        in: frame,
                        rows: shifted.baseAddress,
                        squares: squares.baseAddress,
                        places: Array(0..<squares.count),
                        with: &product,
                        using: .best
                    )
                }
            }
            return heads
        }

        private static func shortened(
            _ shifted: [Float],
            _ squares: [Float],
            _ columns: Int
        ) -> (values: [Int16], units: [Float], tails: [Float]) {
            var values = [Int16](repeating: 0, count: squares.count * ck_short_stride(columns))
            var units = [Float](repeating: 0, count: squares.count)
            var tails = units
            unsafe ck_shorten_rows(
                shifted,
                squares,
                squares.count,
                columns,
                &values,
                &units,
                &tails,
                InstructionSet.best.kernelArgument
            )
            return (values, units, tails)
        }

        func product(_ row: Int, _ centroid: Int) -> Double {
            let x = shifted[row * stride..<row * stride + columns].map(Double.init)[...]
            let c = shiftedCentroids[centroid * stride..<centroid * stride + columns]
            return -ExactLabels.score(x, c, .cosine)
        }

        /// Exact: integers below 2³¹.
        private static func product(_ a: [Int16], _ row: Int, _ b: [Int16], _ other: Int, _ width: Int) -> Double {
            let x = a[row * width..<(row + 1) * width].map(Double.init)[...]
            let c = b[other * width..<(other + 1) * width].map(Float.init)[...]
            return -ExactLabels.score(x, c, .cosine)
        }

        func most(_ row: Int, _ centroid: Int) -> Double {
            let dot = Self.product(rowHeads.values, row, centroidHeads.values, centroid, Int(ck_head_columns))
            return dot * Double(rowHeads.units[row]) * Double(centroidHeads.units[centroid])
                + Double(rowHeads.tails[row]) * Double(centroidHeads.tails[centroid])
        }

        func mostInWholeLength(_ row: Int, _ centroid: Int) -> Double {
            let dot = Self.product(wholeRows.values, row, wholeCentroids.values, centroid, ck_short_stride(columns))
            return dot * Double(wholeRows.units[row]) * Double(wholeCentroids.units[centroid])
                + Double(wholeRows.tails[row]) * Double(wholeCentroids.tails[centroid])
        }
    }

    // MARK: Problems

    private static func sample(_ count: Int, _ seed: UInt64) -> Matrix {
        SampleRows.matrix(rows: count, columns: columns, seed: seed)
    }

    private static func changed(_ matrix: Matrix, _ change: (_ row: Int, _ column: Int, Float) -> Float) -> Matrix {
        var result = matrix
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns { result[row, column] = change(row, column, matrix[row, column]) }
        }
        return result
    }

    /// Clusters with a spread that falls with the column, as embeddings have.
    static var ordinary: Problem {
        let shape = { (_: Int, column: Int, value: Float) in value / Float(column + 1).squareRoot() }
        let centroids = changed(sample(clusters, 61), shape)
        let noise = changed(sample(150, 62), shape)
        let rows = changed(noise) { row, column, value in centroids[row % clusters, column] + 0.5 * value }
        return Problem(name: "ordinary", rows: rows, centroids: centroids)
    }

    private static var nearMidpoints: Problem {
        let centroids = sample(clusters, 63)
        let rows = changed(sample(60, 64)) { row, column, value in
            (centroids[row % clusters, column] + centroids[(row + 1) % clusters, column]) / 2 + 1e-7 * value
        }
        return Problem(name: "near midpoints", rows: rows, centroids: centroids)
    }

    private static var ulpsApart: Problem {
        let base = sample(1, 65)
        let centroids = changed(sample(clusters, 66)) { row, column, _ in
            column == row % 7 ? base[0, column].nextUp : base[0, column]
        }
        return Problem(name: "an ulp apart", rows: sample(40, 67), centroids: centroids)
    }

    private static var duplicates: Problem {
        let some = sample(9, 68)
        let centroids = changed(sample(clusters, 69)) { row, column, _ in some[row % 9, column] }
        return Problem(name: "duplicates", rows: sample(40, 70), centroids: centroids)
    }

    private static func offset(_ offset: Float) -> Problem {
        Problem(
            name: "offset by \(offset)",
            rows: changed(ordinary.rows) { $2 + offset },
            centroids: changed(ordinary.centroids) { $2 + offset }
        )
    }

    private static func cone(_ width: Float) -> Problem {
        let axis = sample(1, 71)
        let near = { (matrix: Matrix) in changed(matrix) { axis[0, $1] + width * $2 } }
        return Problem(name: "cone of \(width)", rows: near(sample(60, 72)), centroids: near(sample(clusters, 73)))
    }

    private static func scaled(_ factor: Float) -> Problem {
        Problem(
            name: "scaled by \(factor)",
            rows: changed(ordinary.rows) { $2 * factor },
            centroids: changed(ordinary.centroids) { $2 * factor }
        )
    }

    private static var mixedScales: Problem {
        let scale = { (matrix: Matrix) in
            changed(matrix) { row, column, value in
                value * [1, 1e-30, 1e9, 1e-6, 1e12, 1e-12][(row * 5 + column) % 6]
            }
        }
        return Problem(name: "mixed scales", rows: scale(sample(40, 74)), centroids: scale(sample(clusters, 75)))
    }

    private static var farRows: Problem {
        let rows = changed(sample(60, 76)) { row, _, value in row % 20 == 3 ? value * 1e30 : value }
        return Problem(name: "rows far out", rows: rows, centroids: sample(clusters, 77))
    }

    private static var farCentroid: Problem {
        let centroids = changed(sample(clusters, 78)) { row, _, value in row == 31 ? 1e17 * value : value }
        return Problem(name: "a centroid far out", rows: sample(40, 79), centroids: centroids)
    }

    private static var few: Problem {
        Problem(name: "few", rows: sample(3, 80), centroids: sample(48, 81))
    }
}
