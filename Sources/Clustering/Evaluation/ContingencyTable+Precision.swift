/// Precision and recall with the F-measure that their definition goes with, each 0 to 1.
struct PrecisionRecall: Equatable {
    var precision = 0.0
    var recall = 0.0
    var f1 = 0.0
}

extension ContingencyTable {
    /// Share of rows that belong to their cluster's most frequent class.
    func purity() -> Double {
        let majorities = clusters.indices.reduce(0) { $0 + majority(ofCluster: $1).count }
        return Double(majorities) / Double(total)
    }

    /// The most frequent class of a cluster, the first of equals.
    private func majority(ofCluster cluster: Int) -> Entry {
        let entries = entries(ofCluster: cluster)
        return entries.dropFirst().reduce(entries[entries.startIndex]) { $1.count > $0.count ? $1 : $0 }
    }

    /// Each cluster measured against its most frequent class, weighted by cluster size.
    ///
    /// These are equations 16–20 of the super-multi-class paper as they are written. Precision in this reading is purity.
    func majorityPrecisionRecall() -> PrecisionRecall {
        var result = PrecisionRecall()
        for cluster in clusters.indices {
            let majority = majority(ofCluster: cluster)
            let weight = Double(clusterSizes[cluster]) / Double(total)
            let precision = Double(majority.count) / Double(clusterSizes[cluster])
            let recall = Double(majority.count) / Double(classSizes[majority.column])
            result.recall += weight * recall
            result.f1 += weight * 2 * precision * recall / (precision + recall)
        }
        result.precision = purity()
        return result
    }

    /// Each class measured against the cluster that stands for it, weighted by class size.
    ///
    /// A class without a cluster counts as 0. Recall in this reading is the accuracy; F is the harmonic mean of the two, as
    /// in the published table of the same paper.
    func matchedPrecisionRecall(_ assignment: ClassAssignment) -> PrecisionRecall {
        var precision = 0.0
        for (cluster, classIndex) in assignment.classOfCluster.enumerated() {
            guard let entry = entries(ofCluster: cluster).first(where: { $0.column == classIndex }) else { continue }
            let weight = Double(classSizes[entry.column]) / Double(total)
            precision += weight * Double(entry.count) / Double(clusterSizes[cluster])
        }
        let recall = accuracy(assignment)
        // At least one row is always matched, so neither is 0.
        return PrecisionRecall(precision: precision, recall: recall, f1: 2 * precision * recall / (precision + recall))
    }
}
