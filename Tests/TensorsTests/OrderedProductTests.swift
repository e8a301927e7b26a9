import Testing

@testable import Tensors

@Suite struct OrderedProductTests {
    private static func numbers(_ count: Int, _ purpose: UInt32) -> [Float] {
        let random = CounterRandom(seed: 3, purpose: .init(code: purpose))
        return (0..<count).map { index in
            var draws = random.draws(forRow: UInt64(index))
            return Float(2 * draws.uniform() - 1)
        }
    }

    /// One chain of FMAs for each element: what every kernel must give, bit for bit.
    private static func chains(_ a: [Float], _ b: [Float], rows: Int, inner: Int, from c: [Float]) -> [Float] {
        let columns = b.count / inner
        var result = c
        for row in 0..<rows {
            for column in 0..<columns {
                for k in 0..<inner {
                    result[row * columns + column].addProduct(a[row * inner + k], b[k * columns + column])
                }
            }
        }
        return result
    }

    private static func transposed(_ a: [Float], rows: Int) -> [Float] {
        let columns = a.count / rows
        return (0..<a.count).map { a[$0 % rows * columns + $0 / rows] }
    }

    struct Shape: CustomStringConvertible {
        let rows: Int, inner: Int, columns: Int
        var description: String { "\(rows) × \(inner) × \(columns)" }
    }

    static let shapes = [
        Shape(rows: 1, inner: 1, columns: 1), Shape(rows: 14, inner: 3, columns: 32),
        Shape(rows: 15, inner: 513, columns: 33), Shape(rows: 7, inner: 1030, columns: 10),
        Shape(rows: 260, inner: 5, columns: 70), Shape(rows: 40, inner: 40, columns: 40),
    ]

    @Test(arguments: shapes, InstructionSet.available)
    func `Every layout and instruction set gives the same chains`(shape: Shape, set: InstructionSet) {
        let a = Self.numbers(shape.rows * shape.inner, 1)
        let b = Self.numbers(shape.inner * shape.columns, 2)
        let c = Self.numbers(shape.rows * shape.columns, 3)
        let zeros = [Float](repeating: 0, count: c.count)
        let plain = Self.chains(a, b, rows: shape.rows, inner: shape.inner, from: zeros)
        let added = Self.chains(a, b, rows: shape.rows, inner: shape.inner, from: c)
        let backwards = Self.transposed(a, rows: shape.rows)
        let other = Self.transposed(b, rows: shape.inner)
        var product = OrderedProduct()
        for packed in [
            PackedColumns(b.span, inner: shape.inner), PackedColumns(transposed: other.span, inner: shape.inner),
        ] {
            #expect(packed.columns == shape.columns)
            for (left, values) in [(OrderedProduct.Left.rows, a), (.columns, backwards)] {
                var result = c
                var span = result.mutableSpan
                product.multiply(values.span, left, by: packed, into: &span, using: set)
                #expect(result == plain)
                var sum = c
                var sumSpan = sum.mutableSpan
                product.multiply(values.span, left, by: packed, adds: true, into: &sumSpan, using: set)
                #expect(sum == added)
            }
        }
    }

    @Test(arguments: [5, 64, 100], InstructionSet.available)
    func `The upper triangle is that of the whole product`(size: Int, set: InstructionSet) {
        let a = Self.numbers(size * 30, 4)
        let packed = PackedColumns(a.span, inner: 30)
        var product = OrderedProduct()
        var whole = [Float](repeating: 0, count: size * size)
        var half = whole
        var wholeSpan = whole.mutableSpan
        product.multiply(a.span, .columns, by: packed, into: &wholeSpan, using: set)
        var halfSpan = half.mutableSpan
        product.multiply(a.span, .columns, by: packed, part: .upperTriangle, into: &halfSpan, using: set)
        for row in 0..<size {
            #expect(whole[row * size + row..<(row + 1) * size] == half[row * size + row..<(row + 1) * size])
        }
    }
}
