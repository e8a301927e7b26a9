import Shards
import Tensors

/// Reads blocks tile by tile, as methods compute with them: float32, and under cosine every row a unit vector.
///
/// Where rows of several datasets stand side by side, under cosine each part is made a unit vector before the row is, so
/// that the similarity of two rows is the mean of those of their parts.
///
/// It owns one tile's memory, so one is kept per mapper.
struct RowTiles {
    let dataset: Dataset
    let metric: Metric
    private var buffer: Matrix
    private var exact: ExactRows
    /// The length of every part.
    private let partScale: Float
    private var partColumns: Int { dataset.columns / dataset.rowParts }

    init(of dataset: Dataset, metric: Metric) {
        self.dataset = dataset
        self.metric = metric
        partScale = Float(1 / Double(dataset.rowParts).squareRoot())
        buffer = Matrix(rows: min(Assignment.tileRows, dataset.rows), columns: dataset.columns)
        // The parts of a row have factors of their own, which the numbers of the row take in.
        let isScaledByParts = metric == .cosine && dataset.rowParts > 1
        exact = ExactRows(columns: dataset.columns, isWide: isScaledByParts || dataset.elementType.isWiderThanFloat)
    }

    /// Calls `body` with each tile of a block, whose rows hold the numbers of the dataset: unrounded, and under cosine with
    /// the factors that make them unit vectors.
    /// - Parameter factors: as in `forEachTile`, in Double.
    mutating func forEachExactTile(
        of block: Block,
        factors: inout [Double],
        _ body: (Range<Int>, ExactRows) throws -> Void
    ) rethrows {
        let parts = dataset.rowParts
        let isMeasured = factors.count == block.rows.count * parts
        if !isMeasured { factors = [] }
        for start in stride(from: 0, to: block.rows.count, by: Assignment.tileRows) {
            let tile = start..<min(start + Assignment.tileRows, block.rows.count)
            let rows = block.rows.lowerBound + tile.lowerBound..<block.rows.lowerBound + tile.upperBound
            let metric = metric
            try withExactRows(rows) { exact in
                if metric == .cosine {
                    if !isMeasured { factors += Self.exactFactors(of: exact, parts) }
                    Self.scale(&exact, parts, by: Array(factors[tile.lowerBound * parts..<tile.upperBound * parts]))
                }
                try body(tile, exact)
            }
        }
    }

    /// Where the dataset holds the rows as they are needed they are read in place, and copied otherwise.
    private mutating func withExactRows(_ rows: Range<Int>, _ body: (inout ExactRows) throws -> Void) rethrows {
        let dataset = dataset
        let isLent = try !exact.isWide && dataset.withFloats(ofRows: rows) { try exact.withLent($0, body) } != nil
        guard !isLent else { return }
        var copied = exact
        exact = ExactRows(columns: copied.columns, isWide: copied.isWide)  // so that the memory has one owner
        copy(rows, to: &copied)
        try body(&copied)
        exact = copied
    }

    /// One row of the dataset, by the same rule.
    func exactRow(_ number: Int) -> ExactRows {
        var row = ExactRows(columns: dataset.columns, isWide: exact.isWide)
        copy(number..<number + 1, to: &row)
        if metric == .cosine { Self.scale(&row, dataset.rowParts, by: Self.exactFactors(of: row, dataset.rowParts)) }
        return row
    }

    private func copy(_ rows: Range<Int>, to exact: inout ExactRows) {
        if exact.isWide {
            exact.fillWide(rows.count) { dataset.read(rows: rows, into: &$0) }
        } else {
            exact.fill(rows.count) { dataset.read(rows: rows, into: &$0) }
        }
    }

    private static func scale(_ exact: inout ExactRows, _ parts: Int, by factors: [Double]) {
        if parts == 1 { exact.scale(by: factors) } else { exact.multiplyParts(by: factors) }
    }

    private static func exactFactors(of exact: ExactRows, _ parts: Int) -> [Double] {
        let length = 1 / Double(parts).squareRoot()
        // The survey has refused rows without a direction; a part without one stays as it is.
        return exact.squaredNorms(parts: parts).map { $0 > 0 ? length / $0.squareRoot() : length }
    }

    /// Calls `body` with each tile of a block: where its rows are within the block, and their values.
    /// - Parameter factors: what makes each row of the block a unit vector, one for each of its parts, where that is known
    ///   already; it is filled in otherwise. Not used under the Euclidean metric.
    mutating func forEachTile(
        of block: Block,
        factors: inout [Float],
        _ body: (Range<Int>, Span<Float>) throws -> Void
    ) rethrows {
        let parts = dataset.rowParts
        let isMeasured = factors.count == block.rows.count * parts
        if !isMeasured { factors = [] }
        for start in stride(from: 0, to: block.rows.count, by: Assignment.tileRows) {
            let tile = start..<min(start + Assignment.tileRows, block.rows.count)
            let values = 0..<tile.count * dataset.columns
            read(block.rows.lowerBound + tile.lowerBound..<block.rows.lowerBound + tile.upperBound, values)
            if metric == .cosine {
                if !isMeasured { factors += unitFactors(buffer.values.span.extracting(values)) }
                scale(values, by: Array(factors[tile.lowerBound * parts..<tile.upperBound * parts]))
            }
            try body(tile, buffer.values.span.extracting(values))
        }
    }

    /// One row of the dataset, by the same rule.
    func row(_ number: Int) -> [Float] {
        guard metric == .cosine else { return dataset.row(number) }
        let row = dataset.row(number)
        var parts = Matrix(rows: dataset.rowParts, columns: partColumns, values: row)
        let factors = unitFactors(row.span)
        parts.withMutableValues { RowStatistics.scaleRows(&$0, by: factors.span) }
        return parts.values
    }

    private mutating func read(_ rows: Range<Int>, _ values: Range<Int>) {
        let dataset = dataset
        buffer.withMutableValues { span in
            var part = span._mutatingExtracting(values)
            dataset.read(rows: rows, into: &part)
        }
    }

    private func unitFactors(_ values: Span<Float>) -> [Float] {
        var statistics = RowStatistics()
        statistics.measure(values, columns: partColumns)
        // The survey has refused rows without a direction; a part without one stays as it is.
        return statistics.squaredNorms.map { (RowStatistics.unitFactor(squaredNorm: $0) ?? 1) * partScale }
    }

    private mutating func scale(_ values: Range<Int>, by factors: [Float]) {
        buffer.withMutableValues { span in
            var part = span._mutatingExtracting(values)
            RowStatistics.scaleRows(&part, by: factors.span)
        }
    }
}
