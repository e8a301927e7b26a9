import CKernels
import Testing

@testable import Tensors

@Suite struct DirectDistancesTests {
    static let shapes = [(1, 1), (3, 7), (4, 8), (5, 9), (11, 64), (8, 101)]

    @Test(arguments: InstructionSet.available)
    func `Distances and products to labelled centres follow the eight-lane order bit for bit`(set: InstructionSet) {
        for (rows, columns) in Self.shapes {
            let matrix = SampleRows.matrix(rows: rows, columns: columns, seed: 31)
            let centres = SampleRows.matrix(rows: 3, columns: columns, seed: 32)
            let labels = SampleRows.labels(count: rows, clusters: 3, seed: 33)
            var distances = [Double](repeating: -1, count: rows)
            var products = distances
            var distanceSpan = distances.mutableSpan
            unsafe DirectDistances.measure(
                matrix.values.span,
                labels.span,
                centres,
                &distanceSpan,
                ck_squared_distances_to_labelled,
                set
            )
            var productSpan = products.mutableSpan
            unsafe DirectDistances.measure(
                matrix.values.span,
                labels.span,
                centres,
                &productSpan,
                ck_dot_products_with_labelled,
                set
            )
            for row in 0..<rows {
                let centre = Array(centres.row(Int(labels[row])))
                #expect(distances[row] == squaredDistance(Array(matrix.row(row)), centre))
                #expect(products[row] == product(Array(matrix.row(row)), centre))
            }
        }
    }

    @Test(arguments: InstructionSet.available)
    func `Distances and products to one row follow the eight-lane order bit for bit`(set: InstructionSet) {
        for (rows, columns) in Self.shapes {
            let matrix = SampleRows.matrix(rows: rows, columns: columns, seed: 34)
            let centre = SampleRows.matrix(rows: 1, columns: columns, seed: 35).values
            var distances = [Double](repeating: -1, count: rows)
            var products = distances
            var distanceSpan = distances.mutableSpan
            unsafe DirectDistances.measure(
                matrix.values.span,
                centre.span,
                &distanceSpan,
                ck_squared_distances_to_row,
                set
            )
            var productSpan = products.mutableSpan
            unsafe DirectDistances.measure(
                matrix.values.span,
                centre.span,
                &productSpan,
                ck_dot_products_with_row,
                set
            )
            for row in 0..<rows {
                #expect(distances[row] == squaredDistance(Array(matrix.row(row)), centre))
                #expect(products[row] == product(Array(matrix.row(row)), centre))
            }
        }
    }

    @Test func `The callers' functions measure what they are named for`() {
        let rows: [Float] = [1, 2, 3, 4]
        let centres = Matrix(rows: 2, columns: 2, values: [0, 0, 1, 1])
        var result = [Double](repeating: 0, count: 2)
        var span = result.mutableSpan
        DirectDistances.squaredDistances(rows.span, to: [1, 0].span, of: centres, into: &span)
        #expect(result == [1, 25])
        span = result.mutableSpan
        DirectDistances.similarities(rows.span, to: [1, 1].span, of: centres, into: &span)
        #expect(result == [3, 7])
        span = result.mutableSpan
        DirectDistances.squaredDistances(rows.span, toRow: [1, 0].span, into: &span)
        #expect(result == [4, 20])
        span = result.mutableSpan
        DirectDistances.similarities(rows.span, toRow: [2, 1].span, into: &span)
        #expect(result == [4, 10])
    }

    private func squaredDistance(_ one: [Float], _ other: [Float]) -> Double {
        laneSum(zip(one, other).map { (Double($0) - Double($1)) * (Double($0) - Double($1)) })
    }

    private func product(_ one: [Float], _ other: [Float]) -> Double {
        laneSum(zip(one, other).map { Double($0) * Double($1) })
    }
}
