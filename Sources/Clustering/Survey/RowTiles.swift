import Shards
import Tensors

/// Reads blocks tile by tile, as methods compute with them: float32, and under cosine every row a unit vector.
///
/// It owns one tile's memory, so one is kept per mapper.
struct RowTiles {
    let dataset: Dataset
    let metric: Metric
    private var buffer: Matrix

    init(of dataset: Dataset, metric: Metric) {
        self.dataset = dataset
        self.metric = metric
        buffer = Matrix(rows: min(Assignment.tileRows, dataset.rows), columns: dataset.columns)
    }

    /// Calls `body` with each tile of a block: where its rows are within the block, and their values.
    /// - Parameter factors: what makes each row of the block a unit vector, where that is known already; it is filled in
    ///   otherwise. Not used under the Euclidean metric.
    mutating func forEachTile(
        of block: Block,
        factors: inout [Float],
        _ body: (Range<Int>, Span<Float>) throws -> Void
    ) rethrows {
        let isMeasured = factors.count == block.rows.count
        if !isMeasured { factors = [] }
        for start in stride(from: 0, to: block.rows.count, by: Assignment.tileRows) {
            let tile = start..<min(start + Assignment.tileRows, block.rows.count)
            let values = 0..<tile.count * dataset.columns
            read(block.rows.lowerBound + tile.lowerBound..<block.rows.lowerBound + tile.upperBound, values)
            if metric == .cosine {
                if !isMeasured { factors += unitFactors(values) }
                scale(values, by: Array(factors[tile]))
            }
            try body(tile, buffer.values.span.extracting(values))
        }
    }

    /// One row of the dataset, by the same rule.
    func row(_ number: Int) -> [Float] {
        var row = Matrix(rows: 1, columns: dataset.columns, values: dataset.row(number))
        if metric == .cosine { row.normaliseRows() }
        return row.values
    }

    private mutating func read(_ rows: Range<Int>, _ values: Range<Int>) {
        let dataset = dataset
        buffer.withMutableValues { span in
            var part = span._mutatingExtracting(values)
            dataset.read(rows: rows, into: &part)
        }
    }

    private func unitFactors(_ values: Range<Int>) -> [Float] {
        var statistics = RowStatistics()
        statistics.measure(buffer.values.span.extracting(values), columns: dataset.columns)
        // The survey has refused rows without a direction.
        return statistics.squaredNorms.map { RowStatistics.unitFactor(squaredNorm: $0) ?? 1 }
    }

    private mutating func scale(_ values: Range<Int>, by factors: [Float]) {
        buffer.withMutableValues { span in
            var part = span._mutatingExtracting(values)
            RowStatistics.scaleRows(&part, by: factors.span)
        }
    }
}
