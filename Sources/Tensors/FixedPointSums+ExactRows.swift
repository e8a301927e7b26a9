// Rows that come and go.

extension FixedPointSums {
    /// Adds rows to the clusters that their labels name.
    /// - Parameter before: the labels that the rows had when they were added last, where that has been done: then those whose
    ///   label is another are taken out of the cluster before, and only they are added.
    package mutating func add(_ rows: ExactRows, labels: [Int32], whichHad before: [Int32]? = nil) {
        guard let before else { return add(rows, labels, unit: 1) }
        guard before != labels else { return }
        let differ = zip(labels, before).map { $0 != $1 }
        add(rows, zip(before, differ).map { $1 ? $0 : -1 }, unit: -1)
        add(rows, zip(labels, differ).map { $1 ? $0 : -1 }, unit: 1)
    }

    /// Takes rows that were added before out of a cluster again; exactly undoes the addition.
    package mutating func subtract(_ rows: ExactRows, from cluster: Int) {
        add(rows, [Int32](repeating: Int32(cluster), count: rows.count), unit: -1)
    }

    private mutating func add(_ rows: ExactRows, _ labels: [Int32], unit: Int64) {
        let (factors, names) = (rows.factors.span, labels.span)
        if rows.isWide {
            rows.withWide {
                unsafe add($0.bytes, areDoubles: true, factors: factors, labels: names, unit: unit, using: .best)
            }
        } else {
            rows.withValues {
                unsafe add($0.bytes, areDoubles: false, factors: factors, labels: names, unit: unit, using: .best)
            }
        }
    }
}
