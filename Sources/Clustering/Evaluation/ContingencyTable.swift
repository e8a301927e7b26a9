/// How many rows each pair of cluster and class shares, and nothing else: every metric is a function of this table.
///
/// Rows of the table are the distinct labels in ascending order, columns the distinct true classes in ascending order;
/// neither is ever empty. Only pairs that share a row of the dataset are stored, so a table of 10,000 clusters by 1,000
/// classes costs what its non-zero counts cost. Counts are exact integers, hence the same for any order of the rows.
package struct ContingencyTable: Sendable, Equatable {
    /// One pair that shares at least one row.
    package struct Entry: Sendable, Equatable {
        /// Index into `classes`.
        package let column: Int
        /// Rows in both, at least 1.
        package let count: Int
    }

    /// The distinct labels, ascending.
    ///
    /// A label may be any integer; a negative one is a label like any other.
    package let clusters: [Int64]
    /// The distinct true classes, ascending.
    package let classes: [Int64]
    /// Rows in each cluster, in the order of `clusters`; each at least 1.
    package let clusterSizes: [Int]
    /// Rows of each class, in the order of `classes`; each at least 1.
    package let classSizes: [Int]
    /// Rows in all, at least 1.
    package let total: Int

    /// Entries of all clusters one after another, by cluster and then by column.
    let entries: [Entry]
    /// Where each cluster's entries begin in `entries`; one more element than there are clusters.
    let starts: [Int]

    /// The classes that one cluster holds, by ascending column.
    /// - Parameter cluster: index into `clusters`.
    package func entries(ofCluster cluster: Int) -> ArraySlice<Entry> {
        entries[starts[cluster]..<starts[cluster + 1]]
    }

    /// Counts how often each label meets each true class.
    /// - Throws: `ClusteringError` with `.badData` when the two differ in length or are empty.
    package init(labels: [Int64], truth: [Int64]) throws(ClusteringError) {
        try Self.check(labels.count, truth.count)
        self.init(clusterCodes: DistinctValues(labels), classCodes: DistinctValues(truth))
    }

    /// Counts how often each label meets each true class, for labels as they are written to `labels.npy`.
    /// - Throws: `ClusteringError` with `.badData` when the two differ in length or are empty.
    package init(labels: [Int32], truth: [Int64]) throws(ClusteringError) {
        try self.init(labels: labels.map(Int64.init), truth: truth)
    }

    private static func check(_ labels: Int, _ truth: Int) throws(ClusteringError) {
        guard labels == truth else {
            throw ClusteringError(
                .badData,
                "labels and truth differ in length: \(labels) labels, \(truth) true classes; give one of each per row"
            )
        }
        guard labels > 0 else {
            throw ClusteringError(.badData, "nothing to evaluate: 0 labels; give at least one row")
        }
    }

    /// Gathers the rows of each cluster, then counts their classes: linear in rows, and no clusters × classes array.
    private init(clusterCodes: DistinctValues, classCodes: DistinctValues) {
        clusters = clusterCodes.values
        classes = classCodes.values
        clusterSizes = clusterCodes.sizes
        classSizes = classCodes.sizes
        total = clusterCodes.codes.count

        var counts = [Int](repeating: 0, count: classes.count)
        var entries: [Entry] = []
        var starts = [0]
        for members in clusterCodes.rowsByValue() {
            var columns: [Int] = []
            for row in members {
                let column = classCodes.codes[row]
                if counts[column] == 0 { columns.append(column) }
                counts[column] += 1
            }
            columns.sort()
            for column in columns {
                entries.append(Entry(column: column, count: counts[column]))
                counts[column] = 0
            }
            starts.append(entries.count)
        }
        self.entries = entries
        self.starts = starts
    }
}
