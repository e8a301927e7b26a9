/// Which class each cluster stands for when every cluster may stand for at most one class and every class be stood for by
/// at most one cluster.
package struct ClassAssignment: Sendable, Equatable {
    /// For each cluster of the table the index of its class in `classes`; `nil` where there are more clusters than classes
    /// and this one was left over, or where it would have got a class it shares no row with.
    package let classOfCluster: [Int?]
    /// Rows whose cluster stands for their class.
    package let matchedRows: Int
}

extension ContingencyTable {
    /// The one-to-one assignment of clusters to classes that the most rows agree with.
    ///
    /// Clusters and classes may differ in number. Where several assignments are best, the same one is always found.
    package func bestAssignment() -> ClassAssignment {
        let isTall = clusters.count > classes.count
        let solution = MaximumAssignment(
            weights: isTall ? entriesByClass() : clusters.indices.map { Array(entries(ofCluster: $0)) },
            columnCount: max(clusters.count, classes.count)
        )
        var classOfCluster = [Int?](repeating: nil, count: clusters.count)
        var matchedRows = 0
        for (row, column) in solution.columnOfRow.enumerated() {
            guard let column else { continue }
            let (cluster, classIndex) = isTall ? (column, row) : (row, column)
            guard let entry = entries(ofCluster: cluster).first(where: { $0.column == classIndex }) else { continue }
            classOfCluster[cluster] = classIndex
            matchedRows += entry.count
        }
        return ClassAssignment(classOfCluster: classOfCluster, matchedRows: matchedRows)
    }

    /// The table seen from the classes: for each class its clusters, ascending, as the `column` of each entry.
    private func entriesByClass() -> [[Entry]] {
        var transposed = [[Entry]](repeating: [], count: classes.count)
        for cluster in clusters.indices {
            for entry in entries(ofCluster: cluster) {
                transposed[entry.column].append(Entry(column: cluster, count: entry.count))
            }
        }
        return transposed
    }

    /// Share of rows whose cluster stands for their class, 0 to 1.
    func accuracy(_ assignment: ClassAssignment) -> Double {
        Double(assignment.matchedRows) / Double(total)
    }
}
