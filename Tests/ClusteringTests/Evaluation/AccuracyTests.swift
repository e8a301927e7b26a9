import Testing

@testable import Clustering

@Suite struct AccuracyTests {
    /// The best assignment by trying every one: rows in turn take any free column or none.
    private func bestByTrial(_ table: [[Int]]) -> Int {
        func best(from row: Int, taken: Set<Int>) -> Int {
            guard row < table.count else { return 0 }
            var result = best(from: row + 1, taken: taken)
            for column in table[row].indices where !taken.contains(column) {
                result = max(result, table[row][column] + best(from: row + 1, taken: taken.union([column])))
            }
            return result
        }
        return best(from: 0, taken: [])
    }

    private func check(_ table: ContingencyTable) {
        let assignment = table.bestAssignment()
        let used = assignment.classOfCluster.compactMap(\.self)
        let collected = zip(table.dense, assignment.classOfCluster).map { row, column in column.map { row[$0] } ?? 0 }
        #expect(assignment.matchedRows == bestByTrial(table.dense))
        #expect(Set(used).count == used.count)
        #expect(collected.reduce(0, +) == assignment.matchedRows)
    }

    @Test func `every 3 by 3 table of counts up to 2 is assigned as well as can be`() throws {
        for code in 1..<19_683 {
            let counts = Digits.of(code, base: 3, length: 9)
            check(try .with([Array(counts[0..<3]), Array(counts[3..<6]), Array(counts[6..<9])]))
        }
    }

    @Test(arguments: [(2, 6), (6, 2), (4, 5), (5, 4), (5, 5), (6, 6)])
    func `oblong tables are assigned as well as can be`(rows: Int, columns: Int) throws {
        var random = SplitMix(seed: UInt64(rows * 10 + columns))
        for limit in [1, 2, 5, 40] {
            for _ in 0..<6 {
                let table = (0..<rows).map { _ in (0..<columns).map { _ in Int(random.next() % UInt64(limit + 1)) } }
                check(try .with(table.map { $0.allSatisfy { $0 == 0 } ? [1] + $0.dropFirst() : $0 }))
            }
        }
    }

    @Test func `a cluster left over stands for no class`() throws {
        let table = try ContingencyTable.with([[5, 0], [3, 2], [0, 4]])
        #expect(table.bestAssignment() == ClassAssignment(classOfCluster: [0, nil, 1], matchedRows: 9))
    }

    @Test func `a cluster is not given a class it shares no row with`() throws {
        let table = try ContingencyTable.with([[5, 1], [3, 0]])
        #expect(table.bestAssignment() == ClassAssignment(classOfCluster: [0, nil], matchedRows: 5))
    }

    @Test func `many clusters of few classes are assigned in reasonable time`() throws {
        var random = SplitMix(seed: 11)
        let truth = (0..<4000).map { _ in Int64(random.next() % 40) }
        let labels = truth.map { random.next() % 10 < 5 ? $0 * 7 : Int64(random.next() % 300) }
        let assignment = try ContingencyTable(labels: labels, truth: truth).bestAssignment()
        #expect(assignment.classOfCluster.compactMap(\.self).count == 40)
        #expect(assignment.matchedRows > 2000)
    }
}

extension ContingencyTable {
    /// The table with these counts; rows and columns that are all zero disappear.
    static func with(_ counts: [[Int]]) throws -> ContingencyTable {
        var labels: [Int64] = []
        var truth: [Int64] = []
        for (row, columns) in counts.enumerated() {
            for (column, count) in columns.enumerated() {
                labels += Array(repeating: Int64(row), count: count)
                truth += Array(repeating: Int64(column), count: count)
            }
        }
        return try ContingencyTable(labels: labels, truth: truth)
    }
}

enum Digits {
    /// The digits of a number, lowest first.
    static func of(_ number: Int, base: Int, length: Int) -> [Int] {
        var rest = number
        return (0..<length).map { _ in
            defer { rest /= base }
            return rest % base
        }
    }
}

/// Seeded numbers for tests that need arbitrary tables.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
