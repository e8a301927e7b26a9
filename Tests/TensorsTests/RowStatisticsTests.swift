import Testing

@testable import Tensors

@Suite struct RowStatisticsTests {
    @Test(arguments: InstructionSet.available)
    func `Norms follow the eight-lane order bit for bit, and the largest magnitude is found`(set: InstructionSet) {
        for (rows, columns) in [(1, 1), (3, 7), (4, 8), (9, 17), (6, 100)] {
            let matrix = SampleRows.matrix(rows: rows, columns: columns, seed: UInt64(columns), scale: 3)
            var statistics = RowStatistics()
            statistics.measure(matrix.values.span, columns: columns, using: set)
            for row in 0..<rows {
                let values = matrix.row(row)
                #expect(statistics.squaredNorms[row] == laneSum(values.map { Double($0) * Double($0) }))
                #expect(statistics.largest[row] == values.map(abs).max())
                #expect(statistics.least[row] == values.map(abs).min())
                #expect(statistics.isFinite(row: row))
            }
        }
    }

    @Test(arguments: InstructionSet.available, [Float.nan, .infinity, -.infinity])
    func `A row that is not finite is noticed wherever the value stands`(set: InstructionSet, value: Float) {
        for place in [0, 6, 8, 12] {
            var matrix = SampleRows.matrix(rows: 6, columns: 13, seed: 5)
            matrix[2, place] = value
            var statistics = RowStatistics()
            statistics.measure(matrix.values.span, columns: 13, using: set)
            #expect((0..<6).map { statistics.isFinite(row: $0) } == [true, true, false, true, true, true])
            #expect(statistics.largest[2] == .infinity)
        }
    }

    @Test(arguments: InstructionSet.available)
    func `The least magnitude is of what is not zero`(set: InstructionSet) {
        for place in [0, 5, 8, 12] {
            var values = [Float](repeating: 0, count: 13)
            values[place] = -.leastNonzeroMagnitude
            values[(place + 4) % 13] = 1
            var statistics = RowStatistics()
            statistics.measure((values + [Float](repeating: -0.0, count: 13)).span, columns: 13, using: set)
            #expect(statistics.least == [.leastNonzeroMagnitude, .infinity])
        }
    }

    @Test func `The greatest floats are finite`() {
        var statistics = RowStatistics()
        let values = [Float](repeating: .greatestFiniteMagnitude, count: 512)
        statistics.measure(values.span, columns: 512)
        #expect(statistics.isFinite(row: 0))
        #expect(statistics.largest == [.greatestFiniteMagnitude])
    }

    @Test(arguments: InstructionSet.available)
    func `Rows are scaled each by its own factor`(set: InstructionSet) {
        let matrix = SampleRows.matrix(rows: 5, columns: 21, seed: 6)
        let factors: [Float] = [0.3, -1, 7.7, 0, 1e-3]
        var values = matrix.values
        var span = values.mutableSpan
        RowStatistics.scaleRows(&span, by: factors.span, using: set)
        for row in 0..<5 {
            let range = matrix.range(ofRow: row)
            #expect(Array(values[range]) == matrix.row(row).map { $0 * factors[row] })
        }
    }
}
