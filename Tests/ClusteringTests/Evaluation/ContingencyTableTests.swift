import Testing

@testable import Clustering

@Suite struct ContingencyTableTests {
    @Test func `labels and classes are sorted and every pair is counted`() throws {
        let table = try ContingencyTable(labels: [5, -2, 5, 5, -2, 9] as [Int64], truth: [1, 1, 0, 1, 7, 7])
        #expect(table.clusters == [-2, 5, 9])
        #expect(table.classes == [0, 1, 7])
        #expect(table.clusterSizes == [2, 3, 1])
        #expect(table.classSizes == [1, 3, 2])
        #expect(table.total == 6)
        #expect(table.dense == [[0, 1, 1], [1, 2, 0], [0, 0, 1]])
    }

    @Test func `the extremes of 64 bits are labels like any other`() throws {
        let table = try ContingencyTable(labels: [Int64.min, .max, .min], truth: [.max, .min, .max])
        #expect(table.clusters == [Int64.min, .max])
        #expect(table.dense == [[0, 2], [1, 0]])
    }

    @Test func `32-bit labels give the same table`() throws {
        let narrow = try ContingencyTable(labels: [3, -1, 3] as [Int32], truth: [0, 0, 1])
        let wide = try ContingencyTable(labels: [3, -1, 3] as [Int64], truth: [0, 0, 1])
        #expect(narrow == wide)
    }

    @Test func `the order of rows does not matter`() throws {
        let labels: [Int64] = [4, 1, 1, 4, 2, 2, 2]
        let truth: [Int64] = [0, 0, 1, 1, 2, 2, 0]
        let forward = try ContingencyTable(labels: labels, truth: truth)
        let backward = try ContingencyTable(labels: labels.reversed(), truth: truth.reversed())
        #expect(forward == backward)
    }

    @Test func `unequal lengths are bad data, and the message names both`() {
        let error = #expect(throws: ClusteringError.self) {
            try ContingencyTable(labels: [1, 2, 3] as [Int64], truth: [1, 2])
        }
        #expect(error?.code == .badData)
        #expect(error?.message.contains("3 labels, 2 true classes") == true)
    }

    @Test func `no rows are bad data`() {
        let error = #expect(throws: ClusteringError.self) {
            try ContingencyTable(labels: [] as [Int64], truth: [])
        }
        #expect(error?.code == .badData)
    }
}

extension ContingencyTable {
    /// All counts, clusters × classes, as definitions in tests want them.
    var dense: [[Int]] {
        clusters.indices.map { cluster in
            var row = [Int](repeating: 0, count: classes.count)
            for entry in entries(ofCluster: cluster) { row[entry.column] = entry.count }
            return row
        }
    }
}
