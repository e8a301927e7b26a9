import Foundation

extension ContingencyTable {
    /// Entropy of the clusters in nats.
    var clusterEntropy: Double { entropy(clusterSizes) }

    /// Entropy of the true classes in nats.
    var classEntropy: Double { entropy(classSizes) }

    /// Whether neither side splits the rows at all, which counts as perfect agreement.
    private var isUndivided: Bool { clusters.count == 1 && classes.count == 1 }

    private func entropy(_ sizes: [Int]) -> Double {
        let total = Double(total)
        return sizes.reduce(0) { sum, size in
            let share = Double(size) / total
            return sum - share * log(share)
        }
    }

    /// Mutual information of clusters and classes in nats, never negative.
    func mutualInformation() -> Double {
        guard clusters.count > 1, classes.count > 1 else { return 0 }
        let total = Double(total)
        var sum = 0.0
        for cluster in clusters.indices {
            let clusterSize = Double(clusterSizes[cluster])
            for entry in entries(ofCluster: cluster) {
                let count = Double(entry.count)
                sum += count / total * log(count * total / (clusterSize * Double(classSizes[entry.column])))
            }
        }
        return max(sum, 0)
    }

    /// Mutual information over the arithmetic mean of the two entropies, 0 to 1: what scikit-learn has given since 0.22.
    func normalizedMutualInformation() -> Double {
        normalized(by: (clusterEntropy + classEntropy) / 2)
    }

    /// Mutual information over the geometric mean of the two entropies, 0 to 1: what papers of up to 2018 report.
    func geometricNormalizedMutualInformation() -> Double {
        normalized(by: (clusterEntropy * classEntropy).squareRoot())
    }

    private func normalized(by mean: Double) -> Double {
        if isUndivided { return 1 }
        let information = mutualInformation()
        return information > 0 ? min(information / mean, 1) : 0
    }

    /// Mutual information adjusted for chance over the arithmetic mean of the entropies: 1 for equal partitions, about 0 for
    /// independent ones, below 0 for worse than chance (Vinh, Epps and Bailey, JMLR 11, 2010).
    func adjustedMutualInformation() -> Double {
        if isSamePartition { return 1 }
        guard clusters.count > 1, classes.count > 1 else { return 0 }
        let expected = ExpectedMutualInformation(total: total).value(clusterSizes, classSizes)
        let slack = (clusterEntropy + classEntropy) / 2 - expected
        return min((mutualInformation() - expected) / max(slack, .ulpOfOne), 1)
    }

    /// Whether every cluster is one whole class.
    private var isSamePartition: Bool {
        clusters.count == classes.count && entries.count == clusters.count
    }
}
