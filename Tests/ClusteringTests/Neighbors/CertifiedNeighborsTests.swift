import Shards
import Tensors
import Testing

@testable import Clustering

/// Lists by float64 scores where float32 cannot tell rows apart.
@Suite struct CertifiedNeighborsTests {
    private static let purpose = CounterRandom.Purpose(code: 0xFFFF_0003)

    /// Values in (−1, 1), different for every seed.
    private static func uniform(rows: Int, columns: Int, seed: UInt64) -> Matrix {
        var draws = CounterRandom(seed: seed, purpose: purpose).draws(forRow: 0)
        let values = (0..<rows * columns).map { _ in Float(draws.uniform() * 2 - 1) }
        return Matrix(rows: rows, columns: columns, values: values)
    }

    private static func equalRows(_ rows: Int, columns: Int) -> Matrix {
        let row = uniform(rows: 1, columns: columns, seed: 7)
        return Matrix(rows: rows, columns: columns, values: (0..<rows).flatMap { _ in row.values })
    }

    /// Holds the lists to the definition.
    /// - Returns: rows that had to be searched again.
    @discardableResult
    private func check(
        _ rows: Matrix,
        _ metric: NeighborMetric,
        k: Int,
        _ what: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Int {
        let data = try SampleData(rows)
        return try withExtendedLifetime(data) {
            let search = try SettledSearch(data, k: k, metric)
            let found = try search.settled()
            let plain = PlainNeighbors(rows, metric, k: k)
            #expect(found.indices == plain.indices, "\(metric.rawValue) \(what)", sourceLocation: sourceLocation)
            let values = (0..<rows.rows).map(plain.values)
            #expect(found.values == values, "\(metric.rawValue) \(what)", sourceLocation: sourceLocation)
            return search.searchedAgain
        }
    }

    @Test func `Thousands of small problems come to the definition's lists`() throws {
        for seed in 0..<3000 as Range<UInt64> {
            var draws = CounterRandom(seed: seed, purpose: Self.purpose, round: 1).draws(forRow: 0)
            let (rows, columns) = (2 + draws.integer(below: 14), 1 + draws.integer(below: 10))
            let k = 1 + draws.integer(below: rows - 1)
            let metric = NeighborMetric.allCases[draws.integer(below: 3)]
            var matrix = Self.uniform(rows: rows, columns: columns, seed: seed)
            // A third of them of few values, with many ties, and a third near to one another.
            if seed % 3 == 1 { matrix = matrix.mapped { ($0 * 2).rounded() + 3 } }
            if seed % 3 == 2 { matrix = matrix.mapped { 1 + $0 * 0x1p-20 } }
            try check(matrix, metric, k: k, "seed \(seed)")
        }
    }

    @Test(arguments: NeighborMetric.allCases)
    func `Of a thousand equal rows those of the lowest index are listed`(metric: NeighborMetric) throws {
        let data = try SampleData(Self.equalRows(1000, columns: 9))
        try withExtendedLifetime(data) {
            let search = try SettledSearch(data, k: 6, metric)
            let found = try search.settled()
            #expect(search.searchedInDouble == 1000)
            for row in 0..<1000 {
                #expect(found.indices[row] == Array((0..<7).filter { $0 != row }.prefix(6)))
                if metric == .cosine { #expect(found.values[row].allSatisfy { $0 == 1 }) }
                if metric == .euclidean { #expect(found.values[row].allSatisfy { $0.bitPattern == 0 }) }
            }
        }
    }

    @Test(arguments: NeighborMetric.allCases)
    func `Where many rows tie float32 collects what float64 sorts`(metric: NeighborMetric) throws {
        let rows = Self.uniform(rows: 240, columns: 2, seed: 14).mapped { ($0 * 2).rounded() + 4 }
        let data = try SampleData(rows)
        try withExtendedLifetime(data) {
            let search = try SettledSearch(data, k: 9, metric)
            let found = try search.settled()
            #expect(found.indices == PlainNeighbors(rows, metric, k: 9).indices)
            #expect(search.searchedAgain > 100 && search.searchedInDouble == 0)
        }
    }

    @Test(arguments: NeighborMetric.allCases)
    func `Rows one unit in the last place apart are told apart`(metric: NeighborMetric) throws {
        var rows = Self.equalRows(60, columns: 33)
        for row in 0..<60 {
            for column in 0..<row % 33 {
                rows[row, column] = row.isMultiple(of: 2) ? rows[row, column].nextUp : rows[row, column].nextDown
            }
        }
        try check(rows, metric, k: 8)
    }

    @Test(arguments: [1e-15, 1e15] as [Float])
    func `Magnitudes and denormal values change nothing`(scale: Float) throws {
        var rows = Self.uniform(rows: 60, columns: 20, seed: 8)
        for row in 0..<60 {
            for column in 0..<20 {
                rows[row, column] = column % 4 == 0 ? .leastNonzeroMagnitude * Float(row) : rows[row, column] * scale
            }
        }
        for metric in NeighborMetric.allCases { try check(rows, metric, k: 7) }
    }

    @Test func `Under cosine any magnitude stands beside any other`() throws {
        var rows = Self.uniform(rows: 60, columns: 20, seed: 9)
        for row in 0..<60 {
            for column in 0..<20 { rows[row, column] *= [1e-30, 1, 1e30][row % 3] }
        }
        try check(rows, .cosine, k: 7)
    }

    @Test(arguments: [1e4, 1e5, 1e6] as [Float])
    func `With an offset lists are right, and no row needs a second search`(offset: Float) throws {
        let rows = Self.uniform(rows: 100, columns: 24, seed: 10).mapped { $0 * 8 + offset }
        #expect(try check(rows, .euclidean, k: 9) <= 2)
        try check(rows, .innerProduct, k: 9)
        try check(rows, .cosine, k: 9)
    }

    @Test func `In a narrow cone lists are right, and few rows need a second search`() throws {
        // A mean cosine of .99999.
        let rows = Self.uniform(rows: 150, columns: 40, seed: 11).mapped { 1 + 5.5e-3 * $0 }
        #expect(try check(rows, .cosine, k: 9) <= 3)
    }

    @Test(arguments: NeighborMetric.allCases, [false, true])
    func `What another processor might propose comes to the same lists`(metric: NeighborMetric, isCone: Bool) throws {
        var rows = Self.uniform(rows: 250, columns: 100, seed: 12)
        if isCone { rows = rows.mapped { 1 + $0 * 1e-3 } }
        let data = try SampleData(rows)
        try withExtendedLifetime(data) {
            let search = try SettledSearch(data, k: 10, metric)
            let expected = try search.settled()
            for seed in 0..<3 as Range<UInt64> {
                let found = try search.settled { row, candidates in
                    var draws = CounterRandom(seed: seed, purpose: Self.purpose, round: 2).draws(forRow: UInt64(row))
                    // Some roundings each way: less than the bound allows.
                    let moved = candidates.map { index, score -> (index: Int32, score: Float) in
                        (index, score * Float(1 + (draws.uniform() - 0.5) * 0x1p-22))
                    }
                    return moved.sorted { (-$0.score, $0.index) < (-$1.score, $1.index) }
                }
                #expect(found.indices == expected.indices && found.values == expected.values)
            }
        }
    }

    @Test func `Rows of ordinary data are certain by their candidates`() throws {
        let data = try SampleData(Self.uniform(rows: 2000, columns: 32, seed: 13))
        try withExtendedLifetime(data) {
            let search = try SettledSearch(data, k: 10, .cosine)
            _ = try search.settled()
            #expect(search.searchedAgain < 10)
        }
    }
}

extension Matrix {
    fileprivate func mapped(_ change: (Float) -> Float) -> Matrix {
        Matrix(rows: rows, columns: columns, values: values.map(change))
    }
}
