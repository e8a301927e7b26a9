import Testing

@testable import Tensors

@Suite struct FixedPointSumsTests {
    private static let clusters = 5
    private static let columns = 11

    /// Rows of every scale from 1e-30 to 1e18, mixed within rows, columns and clusters.
    private let wild: [Double]
    private let labels = SampleRows.labels(count: 101, clusters: clusters, seed: 12)

    init() {
        var draws = CounterRandom(seed: 11, purpose: SampleRows.purpose).draws(forRow: 0)
        wild = (0..<101 * Self.columns).map { index in
            index % 13 == 0 ? 0 : Double(Float(draws.number(exponents: -100...59)))
        }
    }

    private func rule(isRounded: Bool = false) throws -> SumRule {
        try SumRule(bound: 0x1p60, leastBit: 0x1p-123, terms: 1000, isRounded: isRounded)
    }

    private func empty(_ rule: SumRule) -> FixedPointSums {
        FixedPointSums(rows: Self.clusters, columns: Self.columns, rule: rule)
    }

    /// The sums of some rows, of Floats or of Doubles.
    private func sums(
        of rows: Range<Int>,
        _ rule: SumRule,
        asDoubles: Bool = false,
        factors: [Double] = [],
        using set: InstructionSet = .best
    ) -> FixedPointSums {
        var sums = empty(rule)
        let values = Array(wild[rows.lowerBound * Self.columns..<rows.upperBound * Self.columns])
        let names = Array(labels[rows])
        if asDoubles {
            unsafe sums.add(values.span.bytes, areDoubles: true, factors: factors.span, labels: names.span, using: set)
        } else {
            let floats = values.map { Float($0) }
            unsafe sums.add(floats.span.bytes, areDoubles: false, factors: factors.span, labels: names.span, using: set)
        }
        return sums
    }

    @Test(arguments: InstructionSet.available, [false, true])
    func `Totals of any mixture of scales are those of the rows, correctly rounded`(
        set: InstructionSet,
        asDoubles: Bool
    ) throws {
        let sums = sums(of: 0..<101, try rule(), asDoubles: asDoubles, using: set)
        for cluster in 0..<Self.clusters {
            let members = labels.indices.filter { labels[$0] == Int32(cluster) }
            #expect(sums.counts[cluster] == Int64(members.count))
            for (column, total) in sums.totals(of: cluster).enumerated() {
                #expect(PlainSum(members.map { wild[$0 * Self.columns + column] }).isRounded(to: total))
            }
            let mean = try #require(sums.mean(of: cluster))
            #expect(mean == sums.totals(of: cluster).map { $0 / Double(members.count) })
        }
    }

    @Test func `Totals are correctly rounded where rows nearly cancel`() throws {
        var draws = CounterRandom(seed: 13, purpose: SampleRows.purpose).draws(forRow: 0)
        for round in 0..<50 {
            let numbers = (0..<8).map { _ in draws.number(exponents: -100...50) }
            let rest = draws.number(exponents: -1000...(-800 + round))
            let all = numbers + numbers.map { -$0 } + [rest]
            var sums = FixedPointSums(
                rows: 1,
                columns: 1,
                rule: try SumRule(bound: 0x1p51, leastBit: .leastNonzeroMagnitude, terms: 17)
            )
            sums.add(tile: all.span, labels: [Int32](repeating: 0, count: all.count).span)
            #expect(sums.totals(of: 0) == [rest])
            sums.add(tile: numbers.span, labels: [Int32](repeating: 0, count: numbers.count).span)
            #expect(PlainSum(numbers + [rest]).isRounded(to: sums.totals(of: 0)[0]))
        }
    }

    @Test(arguments: InstructionSet.available, [false, true])
    func `Kernels agree, with factors too, and cut as the rule does`(set: InstructionSet, isRounded: Bool) throws {
        let rule = try rule(isRounded: isRounded)
        var draws = CounterRandom(seed: 14, purpose: SampleRows.purpose).draws(forRow: 0)
        let factors = labels.map { _ in 0.5 + draws.uniform() / 2 }
        var plain = empty(rule)
        for row in labels.indices {
            let values = wild[row * Self.columns..<(row + 1) * Self.columns]
            plain.addPlainly(values.map { $0 * factors[row] }, to: Int(labels[row]))
        }
        for asDoubles in [false, true] {
            let sums = sums(of: 0..<101, rule, asDoubles: asDoubles, factors: factors, using: set)
            #expect(sums.levels == plain.levels)
        }
    }

    @Test(arguments: [false, true])
    func `Any cut and any order of merging gives equal sums`(isRounded: Bool) throws {
        let rule = try rule(isRounded: isRounded)
        let whole = sums(of: 0..<101, rule)
        for cuts in [[0, 50, 101], [0, 1, 2, 3, 70, 101], Array(0...101)] {
            let parts = zip(cuts, cuts.dropFirst()).map { sums(of: $0..<$1, rule) }
            var (forwards, backwards) = (empty(rule), empty(rule))
            for part in parts { forwards.merge(part) }
            for part in parts.reversed() { backwards.merge(part) }
            #expect(forwards == whole && backwards == whole)
            #expect(forwards.fineTotals == whole.fineTotals)
        }
    }

    @Test func `A row taken out leaves what was there before it`() throws {
        let rule = try rule()
        var sums = sums(of: 0..<101, rule)
        for row in (50..<101).reversed() {
            let values = wild[row * Self.columns..<(row + 1) * Self.columns].map { Float($0) }
            sums.subtract(ExactRows(Matrix(rows: 1, columns: Self.columns, values: values)), from: Int(labels[row]))
        }
        #expect(sums == self.sums(of: 0..<50, rule))
    }

    @Test func `Rows that change their cluster leave what adding them anew would give`() throws {
        for isRounded in [false, true] {
            let rule = try rule(isRounded: isRounded)
            let rows = ExactRows(Matrix(rows: 101, columns: Self.columns, values: wild.map { Float($0) }))
            let after = labels.enumerated().map { $0.offset.isMultiple(of: 3) ? ($0.element + 1) % 5 : $0.element }
            var (moved, anew) = (empty(rule), empty(rule))
            moved.add(rows, labels: labels)
            moved.add(rows, labels: after, whichHad: labels)
            anew.add(rows, labels: after)
            #expect(moved == anew)
        }
    }

    @Test(arguments: [1e15, 1e18])
    func `A row far out changes no bit of the other clusters`(size: Double) throws {
        let rule = try SumRule(bound: size, leastBit: 0x1p-60, terms: 200_000)
        let matrix = SampleRows.matrix(rows: 100, columns: Self.columns, seed: 15)
        let names = labels.prefix(100).map { $0 % 4 }
        var (without, with) = (empty(rule), empty(rule))
        without.add(tile: matrix.values.span, labels: names.span)
        with.add(tile: [Float](repeating: Float(size), count: Self.columns).span, labels: [Int32(4)].span)
        with.add(tile: matrix.values.span, labels: names.span)
        for cluster in 0..<4 {
            let totals = with.totals(of: cluster)
            #expect(totals == without.totals(of: cluster))
            let members = names.indices.filter { names[$0] == Int32(cluster) }
            for (column, total) in totals.enumerated() {
                #expect(PlainSum(members.map { Double(matrix[$0, column]) }).isRounded(to: total))
            }
        }
        #expect(with.mean(of: 4) == [Double](repeating: Double(Float(size)), count: Self.columns))
    }

    @Test func `As many terms as allowed, all at the bound, fit`() throws {
        let terms = 1 << 12
        for value in [1.0, -1] {
            var sums = FixedPointSums(rows: 1, columns: 1, rule: try SumRule(bound: 1, leastBit: 1, terms: terms))
            let labels = [Int32](repeating: 0, count: terms)
            sums.add(tile: [Float](repeating: Float(value).nextUp, count: terms).span, labels: labels.span)
            #expect(sums.totals(of: 0)[0] == Double(Float(value).nextUp) * Double(terms))
            #expect(sums.rule.admits(sums.coarseTotals[0]))
        }
    }

    @Test func `Ordinary rows leave nothing for finer levels, and those that do are few`() throws {
        let matrix = SampleRows.matrix(rows: 101, columns: Self.columns, seed: 16)
        let ordinary = matrix.values.map { $0 + ($0 < 0 ? -0x1p-10 : 0x1p-10) }
        var sums = empty(try SumRule(bound: 1, leastBit: 0x1p-60, terms: 1000))
        sums.add(tile: ordinary.span, labels: labels.span)
        #expect(sums.fineTotals.places.isEmpty)
        var row = [Float](repeating: 0.5, count: Self.columns)
        row[3] = 0x1.000002p-40
        sums.add(tile: row.span, labels: [Int32(2)].span)
        #expect(sums.fineTotals.places == [Int64(2 * Self.columns + 3)])
    }

    @Test func `Sums from elsewhere are taken only if they could be exact`() throws {
        let good = sums(of: 0..<101, try rule())
        let beyond = Int64((good.rule.levels - 1) * Self.clusters * Self.columns)
        #expect(try Parts(good).make(good.rule) == good)
        let changes: [(inout Parts) -> Void] = [
            { $0.columns = 10 },
            { $0.coarse[7] = 3 << 61 },
            { $0.counts[0] = Int64(1025) },
            { $0.counts = [1] },
            { ($0.places, $0.fine) = ([0], []) },
            { ($0.places, $0.fine) = ([0], [0]) },
            { ($0.places, $0.fine) = ([1, 0], [1, 1]) },
            { ($0.places, $0.fine) = ([0, 0], [1, 1]) },
            { ($0.places, $0.fine) = ([-1], [1]) },
            { ($0.places, $0.fine) = ([beyond], [1]) },
            { ($0.places, $0.fine) = ([0], [.min]) },
        ]
        for change in changes {
            var parts = Parts(good)
            change(&parts)
            #expect(throws: TensorError.self) { try parts.make(good.rule) }
        }
    }

    private struct Parts {
        var columns = FixedPointSumsTests.columns
        var coarse: [Int64]
        var places: [Int64]
        var fine: [Int64]
        var counts: [Int64]

        init(_ sums: FixedPointSums) {
            coarse = sums.coarseTotals
            (places, fine) = sums.fineTotals
            counts = sums.counts
        }

        func make(_ rule: SumRule) throws -> FixedPointSums {
            try FixedPointSums(
                rows: FixedPointSumsTests.clusters,
                columns: columns,
                rule: rule,
                coarseTotals: coarse,
                fineTotals: (places, fine),
                counts: counts
            )
        }
    }

    @Test func `Merging changes no copy of what is merged into`() throws {
        let rule = try rule()
        let original = sums(of: 0..<50, rule)
        let (counts, levels) = (original.counts.map { $0 }, original.levels.map { $0.map { $0 } })
        var copy = original
        copy.merge(sums(of: 50..<101, rule))
        #expect(original.counts == counts && original.levels == levels)
        #expect(copy == sums(of: 0..<101, rule))
    }
}

extension FixedPointSums {
    /// Adds a row as the rule says, apart from the kernels.
    fileprivate mutating func addPlainly(_ row: [Double], to cluster: Int) {
        for (column, value) in row.enumerated() {
            var rest = value
            for level in levels.indices where rest != 0 {
                let cut = rule.cut(rest, atLevel: level)
                rest = cut.rest
                guard cut.quanta != 0 else { continue }
                prepare(level)
                levels[level][cluster * columns + column] += cut.quanta
            }
        }
        counts[cluster] += 1
    }
}
