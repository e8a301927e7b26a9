import Testing

@testable import Tensors

/// Every pair of rows by both scores: that by which a search finds it and that which is defined.
@Suite struct ScoreBoundTests {
    /// How far scores are from their bounds.
    private struct Margin {
        /// Pairs that are beyond it.
        var broken = 0
        /// The least difference of the bound and the score.
        var least = Double.infinity
    }

    private func margin(_ rows: Matrix, _ metric: NeighborMetric, origin: [Float] = []) throws -> Margin {
        let packed = try PackedRows(
            rows.values.span,
            columns: rows.columns,
            firstRow: 0,
            metric: metric,
            origin: origin
        )
        var reservoir = NeighborReservoir(rows: rows.rows, k: rows.rows)
        var search = NeighborSearch(path: .best)
        search.search(within: packed, includeSelf: true, into: &reservoir)
        let lists = reservoir.lists()
        #expect(lists.counts.allSatisfy { $0 == rows.rows }, "pairs that were passed over")
        let norms = PairScores.norms(of: rows.values.span, columns: rows.columns)
        let bound = ScoreBound(
            metric,
            hasOrigin: !origin.isEmpty,
            columns: rows.columns,
            greatestNorm: norms.max() ?? 0
        )
        var margin = Margin()
        var scores = [Double](repeating: 0, count: rows.rows)
        for row in 0..<rows.rows {
            var span = scores.mutableSpan
            PairScores(metric).measure(
                rows.values.span.extracting(row * rows.columns..<(row + 1) * rows.columns),
                norm: norms[row],
                with: rows.values.span,
                norms: norms.span,
                into: &span
            )
            for (index, score) in zip(lists.indices(ofRow: row), lists.scores(ofRow: row)) {
                let difference = bound.greatest(score, norm: norms[row]) - scores[Int(index)]
                margin.broken += difference >= 0 ? 0 : 1
                margin.least = min(margin.least, difference)
            }
        }
        return margin
    }

    private func mean(_ rows: Matrix) -> [Float] {
        (0..<rows.columns).map { column in
            Float((0..<rows.rows).reduce(0.0) { $0 + Double(rows[$1, column]) } / Double(rows.rows))
        }
    }

    /// A point amid the unit rows.
    private func unitMean(_ rows: Matrix) -> [Float] {
        var rows = rows
        rows.normaliseRows()
        return mean(rows)
    }

    private func expectBounds(_ rows: Matrix, _ what: Comment) throws {
        for (metric, origin) in [
            (NeighborMetric.cosine, []), (.cosine, unitMean(rows)), (.innerProduct, []), (.euclidean, []),
            (.euclidean, mean(rows)),
        ] as [(NeighborMetric, [Float])] {
            #expect(try margin(rows, metric, origin: origin).broken == 0, what)
        }
    }

    @Test(arguments: [1, 2, 7, 8, 16, 63, 64, 65, 300, 1024, 4100])
    func `No score is above its bound, for rows of any length`(columns: Int) throws {
        for seed in 0..<4 as Range<UInt64> {
            try expectBounds(SampleRows.matrix(rows: 24, columns: columns, seed: 70 + seed), "\(columns)")
        }
    }

    @Test func `None of thousands of small problems breaks a bound`() throws {
        for seed in 0..<10_000 as Range<UInt64> {
            var draws = CounterRandom(seed: seed, purpose: SampleRows.purpose, round: 9).draws(forRow: 0)
            let (rows, columns) = (2 + draws.integer(below: 4), 1 + draws.integer(below: 9))
            let scale = Double(sign: .plus, exponent: draws.integer(below: 60) - 30, significand: 1)
            let metric = NeighborMetric.allCases[draws.integer(below: 3)]
            let matrix = SampleRows.matrix(rows: rows, columns: columns, seed: seed, scale: scale)
            let origin: [Float] = seed.isMultiple(of: 2) ? [] : metric == .cosine ? unitMean(matrix) : mean(matrix)
            let margin = try margin(matrix, metric, origin: metric == .innerProduct ? [] : origin)
            #expect(margin.broken == 0, "\(seed)")
        }
    }

    @Test func `Rows one unit in the last place apart, and equal ones, keep to it`() throws {
        var rows = SampleRows.matrix(rows: 40, columns: 90, seed: 81)
        for row in 1..<40 {
            for column in 0..<90 { rows[row, column] = rows[0, column] }
            if row > 10 { rows[row, row] = row.isMultiple(of: 2) ? rows[row, row].nextUp : rows[row, row].nextDown }
        }
        try expectBounds(rows, "one unit in the last place")
    }

    @Test(arguments: [1e-15, 1e15])
    func `Magnitudes and denormal values do not break it`(scale: Double) throws {
        var rows = SampleRows.matrix(rows: 30, columns: 70, seed: 82, scale: scale)
        for row in 0..<30 {
            let denormal = Float.leastNonzeroMagnitude * Float(row)
            for column in stride(from: row % 3, to: 70, by: 3) { rows[row, column] = denormal }
        }
        try expectBounds(rows, "\(scale)")
    }

    @Test(arguments: [1e-30, 1e30])
    func `Under cosine any magnitude may stand beside any other`(scale: Float) throws {
        var rows = SampleRows.matrix(rows: 30, columns: 70, seed: 83)
        for row in 0..<15 { for column in 0..<70 { rows[row, column] *= scale } }
        #expect(try margin(rows, .cosine).broken == 0)
        #expect(try margin(rows, .cosine, origin: unitMean(rows)).broken == 0)
    }

    @Test func `Below the least float no pair has the score, and just above it one may`() {
        let bounds = [
            ScoreBound(.cosine, hasOrigin: false, columns: 40), ScoreBound(.cosine, hasOrigin: true, columns: 40),
            ScoreBound(.innerProduct, hasOrigin: false, columns: 40, greatestNorm: 3),
            ScoreBound(.euclidean, hasOrigin: false, columns: 40),
        ]
        for bound in bounds {
            for score in [-1e10, -2, -0.5, -1e-12, -1e-40, 0, 1e-40, 0.3, 0.9999999, 1, 7] as [Double] {
                let float = bound.leastFloat(for: score, norm: 2)
                #expect(bound.greatest(float, norm: 2) < score || float == -.infinity)
                #expect(float == .greatestFiniteMagnitude || bound.greatest(float.nextUp, norm: 2) >= score)
            }
        }
    }

    @Test(arguments: [1e4, 1e5, 1e6])
    func `An offset takes nothing from distances`(offset: Float) throws {
        var rows = SampleRows.matrix(rows: 40, columns: 48, seed: 84)
        for index in rows.values.indices { rows.values[index] += offset }
        let margin = try margin(rows, .euclidean, origin: mean(rows))
        #expect(margin.broken == 0 && margin.least >= 0)
        // Distances of the offset itself differ by less than the bound of dot products there.
        #expect(margin.least < 1e-3)
    }

    @Test(arguments: [1e-3, 1e-5] as [Float])
    func `In a narrow cone distances of unit rows tell what dot products cannot`(spread: Float) throws {
        var rows = SampleRows.matrix(rows: 40, columns: 64, seed: 85)
        for row in 0..<40 {
            for column in 0..<64 { rows[row, column] = 1 + spread * rows[row, column] }
        }
        let products = try margin(rows, .cosine)
        let distances = try margin(rows, .cosine, origin: unitMean(rows))
        #expect(products.broken == 0 && distances.broken == 0)
        #expect(distances.least < products.least / 100)
    }
}
