import Testing

@testable import Tensors

@Suite struct FixedPointSumsTests {
    private let rule: FixedPoint
    private let matrix = SampleRows.matrix(rows: 301, columns: 37, seed: 11)
    private let labels = SampleRows.labels(count: 301, clusters: 7, seed: 12)

    init() throws {
        rule = try FixedPoint(bound: 1, terms: 1000)
    }

    @Test(arguments: InstructionSet.available)
    func `Sums are those of the rounded rows`(set: InstructionSet) {
        var sums = FixedPointSums(rows: 7, columns: 37, fixedPoint: rule)
        sums.add(tile: matrix.values.span, labels: labels.span, using: set)
        var expected = [Double](repeating: 0, count: 7 * 37)
        var counts = [Int64](repeating: 0, count: 7)
        for row in 0..<301 {
            let cluster = Int(labels[row])
            counts[cluster] += 1
            for column in 0..<37 { expected[cluster * 37 + column] += rule.round(Double(matrix[row, column])) }
        }
        #expect(sums.sums == expected)
        #expect(sums.counts == counts)
        #expect(Array(sums.sum(ofRow: 2)) == Array(expected[74..<111]))
    }

    @Test func `Any cut and any order of merging gives the same bits`() {
        let whole = sums(of: 0..<301)
        for cuts in [[0, 100, 301], [0, 1, 2, 3, 250, 301], Array(0...301)] {
            let parts = zip(cuts, cuts.dropFirst()).map { sums(of: $0..<$1) }
            var forwards = FixedPointSums(rows: 7, columns: 37, fixedPoint: rule)
            for part in parts { forwards.merge(part) }
            var backwards = FixedPointSums(rows: 7, columns: 37, fixedPoint: rule)
            for part in parts.reversed() { backwards.merge(part) }
            #expect(forwards == whole)
            #expect(backwards == whole)
        }
    }

    @Test func `A row taken out leaves what was there before it`() {
        var sums = sums(of: 0..<301)
        let cluster = Int(labels[300])
        matrix.withRow(300) { sums.subtract(row: $0, from: cluster) }
        #expect(sums == self.sums(of: 0..<300))
    }

    @Test func `Sums from elsewhere are taken only if they could be exact`() throws {
        let good = sums(of: 0..<301)
        let copy = try FixedPointSums(rows: 7, columns: 37, fixedPoint: rule, sums: good.sums, counts: good.counts)
        #expect(copy == good)
        var wrong = good.sums
        wrong[5] += rule.quantum / 2
        #expect(throws: TensorError.self) {
            try FixedPointSums(rows: 7, columns: 37, fixedPoint: rule, sums: wrong, counts: good.counts)
        }
        #expect(throws: TensorError.self) {
            try FixedPointSums(rows: 7, columns: 37, fixedPoint: rule, sums: good.sums, counts: [-1, 0, 0, 0, 0, 0, 0])
        }
        #expect(throws: TensorError.self) {
            try FixedPointSums(rows: 7, columns: 36, fixedPoint: rule, sums: good.sums, counts: good.counts)
        }
    }

    @Test func `Merging changes no copy of what is merged into`() {
        let original = sums(of: 0..<100)
        let other = sums(of: 100..<200)
        let counts = original.counts.map { $0 }
        let totals = original.sums.map { $0 }
        var copy = original
        copy.merge(other)
        #expect(original.counts == counts && original.sums == totals)
        #expect(copy == sums(of: 0..<200))
    }

    private func sums(of range: Range<Int>) -> FixedPointSums {
        var sums = FixedPointSums(rows: 7, columns: 37, fixedPoint: rule)
        let values = matrix.values.span.extracting(range.lowerBound * 37..<range.upperBound * 37)
        sums.add(tile: values, labels: labels.span.extracting(range))
        return sums
    }
}
