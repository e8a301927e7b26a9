import CKernels
import Testing

@testable import Tensors

/// What stands between products: each instruction set against a loop in Swift.
@Suite struct LayerKernelsTests {
    private static let rows = 7
    private static let columns = 45

    private static func numbers(_ count: Int, _ code: UInt32) -> [Float] {
        let random = CounterRandom(seed: 11, purpose: .init(code: code))
        return (0..<count).map { index in
            var draws = random.draws(forRow: UInt64(index))
            return Float(draws.normal())
        }
    }

    private let a = numbers(rows * columns, 1)
    private let b = numbers(rows * columns, 2)
    private let x = numbers(columns, 3)
    private let y = numbers(columns, 4)
    private let z = numbers(columns, 5)

    private func each(_ body: (_ place: Int, _ column: Int) -> Float) -> [Float] {
        a.indices.map { body($0, $0 % Self.columns) }
    }

    @Test(arguments: InstructionSet.available)
    func `Column sums are taken in Double, row after row`(set: InstructionSet) {
        var sums = ColumnSums(columns: Self.columns)
        sums.add(a.span, b.span, using: set)
        for column in 0..<Self.columns {
            var (sum, product) = (0.0, 0.0)
            for row in 0..<Self.rows {
                let place = row * Self.columns + column
                sum += Double(a[place])
                product += Double(a[place]) * Double(b[place])
            }
            #expect(sums.sums[column] == sum && sums.products[column] == product)
        }
    }

    @Test func `Maps treat each column by its own numbers`() {
        var values = a
        values.withMutableSpan { ColumnMaps.add(x.span, to: &$0) }
        #expect(values == each { a[$0] + x[$1] })

        values = a
        values.withMutableSpan { ColumnMaps.normalise(&$0, means: x.span, scales: y.span) }
        #expect(values == each { (a[$0] - x[$1]) * y[$1] })

        values.withMutableSpan { ColumnMaps.activate(a.span, gains: x.span, shifts: y.span, into: &$0) }
        #expect(values == each { max(0, x[$1] * a[$0] + y[$1]) })

        values = b
        values.withMutableSpan { ColumnMaps.gate(&$0, by: a.span, gains: x.span, shifts: y.span) }
        #expect(values == each { x[$1] * a[$0] + y[$1] > 0 ? b[$0] : 0 })

        values = b
        values.withMutableSpan {
            ColumnMaps.normaliseBackward(&$0, values: a.span, factors: x.span, offsets: y.span, tilts: z.span)
        }
        #expect(values == each { x[$1] * ((b[$0] - y[$1]) - a[$0] * z[$1]) })
    }

    @Test(arguments: InstructionSet.available)
    func `Maps agree bit for bit on every instruction set`(set: InstructionSet) {
        func run(_ set: InstructionSet) -> [Float] {
            var results = [a, a, a, b, b]
            let (rows, columns, argument) = (Self.rows, Self.columns, set.kernelArgument)
            unsafe x.withUnsafeBufferPointer { x in
                unsafe y.withUnsafeBufferPointer { y in
                    unsafe z.withUnsafeBufferPointer { z in
                        unsafe a.withUnsafeBufferPointer { a in
                            unsafe ck_add_row(&results[0], rows, columns, x.baseAddress, argument)
                            unsafe ck_normalise(&results[1], rows, columns, x.baseAddress, y.baseAddress, argument)
                            unsafe ck_activate(
                                a.baseAddress,
                                rows,
                                columns,
                                x.baseAddress,
                                y.baseAddress,
                                &results[2],
                                argument
                            )
                            unsafe ck_gate(
                                &results[3],
                                a.baseAddress,
                                rows,
                                columns,
                                x.baseAddress,
                                y.baseAddress,
                                argument
                            )
                            unsafe ck_normalise_back(
                                &results[4],
                                a.baseAddress,
                                rows,
                                columns,
                                x.baseAddress,
                                y.baseAddress,
                                z.baseAddress,
                                argument
                            )
                        }
                    }
                }
            }
            return results.flatMap(\.self)
        }
        #expect(run(set) == run(.portable))
    }

    @Test func `Sums are taken element by element`() {
        var floats = a
        Float.add(b, to: &floats)
        #expect(floats == each { place, _ in a[place] + b[place] })
        var doubles = a.map(Double.init)
        Double.add(b.map(Double.init), to: &doubles)
        #expect(doubles == zip(a, b).map { Double($0) + Double($1) })
    }
}

extension Array {
    fileprivate mutating func withMutableSpan(_ body: (inout MutableSpan<Element>) -> Void) {
        var span = mutableSpan
        body(&span)
    }
}
