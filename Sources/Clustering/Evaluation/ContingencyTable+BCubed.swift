extension ContingencyTable {
    /// BCubed precision and recall of a partition, averaged over rows (Bagga and Baldwin, 1998).
    ///
    /// They are the share of a row's cluster that is of its class, and the share of its class that is in its cluster, itself
    /// included, each 0 to 1.
    func bcubed() -> (precision: Double, recall: Double) {
        let total = Double(total)
        var precision = 0.0
        var recall = 0.0
        for cluster in clusters.indices {
            let clusterSize = Double(clusterSizes[cluster])
            for entry in entries(ofCluster: cluster) {
                let share = Double(entry.count) / total
                precision += share * (Double(entry.count) / clusterSize)
                recall += share * (Double(entry.count) / Double(classSizes[entry.column]))
            }
        }
        return (precision, recall)
    }
}
