/// The shape of a tile: a span of consecutive rows.
enum TileShape {
    /// How many rows of `columns` make up `count` values.
    static func rows(in count: Int, columns: Int) -> Int {
        precondition(columns > 0 && count.isMultiple(of: columns), "\(count) values are not rows of \(columns)")
        return count / columns
    }

    /// Kernels index by labels without looking, so they are looked at here.
    static func checkLabels(_ labels: Span<Int32>, from least: Int32 = 0, below clusters: Int) {
        for index in labels.indices {
            precondition(labels[index] >= least && labels[index] < clusters, "label \(labels[index]) of \(clusters)")
        }
    }
}
