import Testing

@testable import Tensors

@Suite struct MatrixTests {
    @Test func `Rows, subscripts and mutable rows see the same row-major values`() {
        var matrix = Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
        #expect(matrix[1, 0] == 4)
        #expect(Array(matrix.row(1)) == [4, 5, 6])
        matrix[0, 2] = 9
        matrix.withMutableRow(1) { row in row[1] = -5 }
        #expect(matrix.values == [1, 2, 9, 4, -5, 6])
        #expect(matrix.withRow(1) { $0[1] } == -5)
    }

    @Test func `Normalised rows have unit norm, and rows without a direction are named and left alone`() {
        var matrix = SampleRows.matrix(rows: 9, columns: 19, seed: 1, scale: 40)
        matrix.withMutableRow(3) { row in
            for index in row.indices { row[index] = 0 }
        }
        matrix.withMutableRow(7) { row in
            for index in row.indices { row[index] = .leastNonzeroMagnitude }
        }
        let untouched = Array(matrix.row(7))
        #expect(matrix.normaliseRows() == [3, 7])
        #expect(Array(matrix.row(7)) == untouched)
        for (row, norm) in matrix.squaredNorms.enumerated() where row != 3 && row != 7 {
            #expect(abs(norm - 1) < 1e-6)
        }
    }

    @Test func `A product by OpenBLAS is the sum of products`() {
        let left = SampleRows.matrix(rows: 5, columns: 7, seed: 2)
        let right = SampleRows.matrix(rows: 7, columns: 4, seed: 3)
        var transposed = Matrix(rows: 4, columns: 7)
        for row in 0..<7 { for column in 0..<4 { transposed[column, row] = right[row, column] } }
        let product = left.times(right)
        let other = left.times(transposed: transposed)
        for row in 0..<5 {
            for column in 0..<4 {
                let exact = (0..<7).reduce(0.0) { $0 + Double(left[row, $1]) * Double(right[$1, column]) }
                #expect(abs(Double(product[row, column]) - exact) < 1e-5)
                #expect(abs(Double(other[row, column]) - exact) < 1e-5)
            }
        }
    }
}
