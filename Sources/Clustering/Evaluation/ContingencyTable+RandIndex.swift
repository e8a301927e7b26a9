extension ContingencyTable {
    /// Agreement on pairs of rows, adjusted for chance (Hubert and Arabie, 1985): 1 for equal partitions, about 0 for
    /// independent ones.
    ///
    /// Pairs are counted in 128 bits, exactly up to 2³² rows, and divided once at the end.
    func adjustedRandIndex() -> Double {
        let together = Self.pairs(entries.lazy.map(\.count))
        let inClusters = Self.pairs(clusterSizes)
        let inClasses = Self.pairs(classSizes)
        if together == inClusters && together == inClasses { return 1 }
        let all = Self.pairs(CollectionOfOne(total))
        // (T − E) / ((A + B)/2 − E) with E = A·B/all, both sides multiplied by 2·all.
        let numerator = 2 * (together * all - inClusters * inClasses)
        let denominator = (inClusters + inClasses) * all - 2 * inClusters * inClasses
        return Double(numerator) / Double(denominator)
    }

    private static func pairs(_ sizes: some Sequence<Int>) -> Int128 {
        sizes.reduce(0) { $0 + Int128($1) * Int128($1 - 1) / 2 }
    }
}
