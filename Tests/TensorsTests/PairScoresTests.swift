import Testing

@testable import Tensors

@Suite struct PairScoresTests {
    private func scores(_ rows: Matrix, _ metric: NeighborMetric, of row: Int) -> [Double] {
        let pairs = PairScores(metric)
        let norms = PairScores.norms(of: rows.values.span, columns: rows.columns)
        var scores = [Double](repeating: .nan, count: rows.rows)
        var span = scores.mutableSpan
        let values = rows.values.span
        pairs.measure(
            values.extracting(row * rows.columns..<(row + 1) * rows.columns),
            norm: norms[row],
            with: values,
            norms: norms.span,
            into: &span
        )
        return scores
    }

    private func plainScore(_ one: [Double], _ other: [Double], _ metric: NeighborMetric) -> Double {
        let norm = { (row: [Double]) in laneSum(row.map { $0 * $0 }).squareRoot() }
        switch metric {
        case .cosine: return laneSum(zip(one, other).map { $0 * $1 }) / (norm(one) * norm(other))
        case .innerProduct: return laneSum(zip(one, other).map { $0 * $1 })
        case .euclidean: return -laneSum(zip(one, other).map { ($0 - $1) * ($0 - $1) })
        }
    }

    @Test(arguments: NeighborMetric.allCases)
    func `A score is summed in Double in eight lanes, and is the same from both sides`(metric: NeighborMetric) {
        for (rows, columns) in [(1, 1), (5, 3), (9, 8), (6, 77), (4, 512)] {
            let matrix = SampleRows.matrix(rows: rows, columns: columns, seed: 61)
            let all = (0..<rows).map { scores(matrix, metric, of: $0) }
            for row in 0..<rows {
                for other in 0..<rows {
                    let (one, two) = (matrix.row(row).map(Double.init), matrix.row(other).map(Double.init))
                    #expect(all[row][other] == plainScore(one, two, metric))
                    #expect(all[row][other].bitPattern == all[other][row].bitPattern)
                }
            }
        }
    }

    @Test func `What is written is rounded, never -0, and no cosine is beyond 1`() {
        #expect(PairScores(.cosine).written(1 + 0x1p-20) == 1)
        #expect(PairScores(.cosine).written(-1 - 0x1p-20) == -1)
        #expect(PairScores(.cosine).written(0.1) == Float(0.1))
        #expect(PairScores(.innerProduct).written(17.3) == Float(17.3))
        #expect(PairScores(.euclidean).written(-2) == Float(2.0.squareRoot()))
        for metric in NeighborMetric.allCases {
            #expect(PairScores(metric).written(0).bitPattern == 0)
            #expect(PairScores(metric).written(-0.0).bitPattern == 0)
            #expect(PairScores(metric).written(-1e-300).sign == .plus)
        }
        let equal = Matrix(rows: 2, columns: 3, values: [1, 2, 3, 1, 2, 3])
        #expect(scores(equal, .euclidean, of: 0).allSatisfy { $0.bitPattern == 0 })
    }
}
