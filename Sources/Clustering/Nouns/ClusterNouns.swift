package import Tensors

/// Which nouns tell a cluster from the others.
package enum ClusterNouns {
    /// The nouns of each cluster, best first.
    ///
    /// A centroid's softmax over the nouns, p, says what describes the cluster; noun j is ranked by p_j·log(p_j/p̄_j), its
    /// share of the divergence from the mean p̄ of all clusters by size. So a noun that describes many clusters alike stands
    /// behind one that describes this cluster alone. Where nothing tells clusters apart the order is that of p. Nouns of
    /// less than a hundredth of the greatest p are left out: they describe nothing here.
    /// - Parameters:
    ///   - centroids: clusters × columns.
    ///   - sizes: rows of each cluster; one without rows gets no nouns.
    ///   - nouns: unit rows.
    ///   - count: the most for one cluster.
    /// - Returns: rows of `nouns` for each cluster.
    package static func best(
        of centroids: Matrix,
        sizes: [Int],
        nouns: Matrix,
        temperature: Double,
        count: Int = 8
    ) -> [[Int]] {
        var units = centroids
        units.normaliseRows()
        var shares = Matrix(products: units.values.span, with: nouns)
        shares.softmaxRows(temperature: temperature)
        let mean = mean(of: shares, sizes)
        return (0..<shares.rows).map { cluster in
            guard sizes[cluster] > 0 else { return [] }
            var list = BestList(capacity: count, order: .descending)
            let least = (shares.row(cluster).max() ?? 0) / 100
            for (noun, share) in shares.row(cluster).enumerated() where share >= least {
                list.offer(score: score(Double(share), mean[noun]), index: noun)
            }
            return list.entries.map(\.index)
        }
    }

    private static func mean(of shares: Matrix, _ sizes: [Int]) -> [Double] {
        var mean = [Double](repeating: 0, count: shares.columns)
        let total = Double(sizes.reduce(0, +))
        for (cluster, size) in sizes.enumerated() where size > 0 {
            for (noun, share) in shares.row(cluster).enumerated() { mean[noun] += Double(share) * Double(size) / total }
        }
        return mean
    }

    private static func score(_ share: Double, _ mean: Double) -> Double {
        // The small term puts the likelier of equals first.
        guard share > 0, mean > 0 else { return -1 }
        return share * DeterministicMath.log(share / mean) + 1e-9 * share
    }
}
