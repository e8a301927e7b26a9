/// What is known of some rows from their last assignment.
package struct KnownRows: Sendable {
    /// -1 where a row has none.
    package var labels: [Int32]
    /// What no centroid but the label's is nearer than; see `CarriedBound`.
    package var bounds: [Float]
    /// Of the labels: Σ(x − c)², or −Σ x·c of the unit row.
    package var scores: [Double]

    /// Nothing of so many rows.
    package init(count: Int) {
        self.init(labels: [Int32](repeating: -1, count: count))
    }

    /// Their labels alone.
    package init(labels: [Int32]) {
        self.init(
            labels: labels,
            bounds: [Float](repeating: CarriedBound.nothing, count: labels.count),
            scores: [Double](repeating: .nan, count: labels.count)
        )
    }

    package init(labels: [Int32], bounds: [Float], scores: [Double]) {
        self.labels = labels
        self.bounds = bounds
        self.scores = scores
    }

    /// Those whose scores are not what they were.
    func outdated(_ moves: CentroidMoves?) -> [Int32] {
        guard let moves else { return labels.indices.map { Int32($0) } }
        return labels.indices.lazy.filter { scores[$0].isNaN || !moves.isStill(labels[$0]) }.map { Int32($0) }
    }

    /// Loosens the bounds by what centroids have moved, and gives the rows whose labels they then do not prove.
    mutating func unsettled(_ carried: CarriedBound, _ moves: CentroidMoves?) -> [Int32] {
        guard let moves else { return labels.indices.map { Int32($0) } }
        var left: [Int32] = []
        for row in labels.indices {
            bounds[row] = carried.loosened(bounds[row], by: moves.mostOfOthers(than: labels[row]))
            if !carried.isNearest(score: scores[row], bound: bounds[row]) { left.append(Int32(row)) }
        }
        return left
    }

    /// Takes the labels of some rows, and gives those whose labels have changed by it.
    mutating func take(_ found: [Int32], of picks: [Int32]) -> [Int32] {
        var changed: [Int32] = []
        for (place, row) in picks.enumerated() where labels[Int(row)] != found[place] {
            labels[Int(row)] = found[place]
            changed.append(row)
        }
        return changed
    }

    /// Takes what the search of some rows has shown.
    mutating func bound(_ picks: [Int32], _ gaps: [Double], _ carried: CarriedBound) {
        for (place, row) in picks.enumerated() {
            bounds[Int(row)] = carried.bound(score: scores[Int(row)], gap: gaps[place])
        }
    }
}
